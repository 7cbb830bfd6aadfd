import '@cloudscape-design/global-styles/index.css';
import './theme/theme.css';
import './theme/own.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { applyChosenMode } from './app/mode';

applyChosenMode();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
