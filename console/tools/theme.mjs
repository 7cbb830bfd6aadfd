// Writes src/theme/theme.css from src/theme/theme.ts. The kit can set its tokens at run time only by a <style> element, which our
// Content-Security-Policy forbids; so its own generator runs now, and the browser gets a style sheet like any other.
import { writeFileSync } from 'node:fs';
import { createServer } from 'vite';

const server = await createServer({
  configFile: false,
  appType: 'custom',
  logLevel: 'error',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  ssr: { noExternal: [/cloudscape/] },
  optimizeDeps: { noDiscovery: true },
});
const { stylesheet } = await server.ssrLoadModule('/src/theme/theme.ts');
writeFileSync(new URL('../src/theme/theme.css', import.meta.url), `/* made by \`npm run theme\` */\n${stylesheet()}`);
await server.close();
