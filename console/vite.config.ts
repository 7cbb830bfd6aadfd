import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** `ORRERY_API=http://localhost:8888 npm run dev` works on the console beside a running platform. */
const api = process.env.ORRERY_API ?? 'http://localhost:8888';
const served = ['/v1', '/sign-in', '/uploads', '/invitations', '/private', '/spec', '/config.json'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': new URL('./src', import.meta.url).pathname } },
  build: {
    // a data: URL or an inline script would need a weaker Content-Security-Policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // browsers that know light-dark(): its stand-in would follow the system and not the chosen mode
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: Object.fromEntries(served.map(path => [path, { target: api, changeOrigin: false }])) },
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.tsx'],
    testTimeout: 180_000,
    // the kit is loaded once and not for each file, which is most of what a file costs; setup.tsx leaves nothing to the next test
    isolate: false,
  },
});
