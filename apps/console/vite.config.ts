import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The system that the pages of `npm run dev` work on. */
const SYSTEM = 'http://127.0.0.1:3000';

const proxied = Object.fromEntries(
  ['/api', '/session', '/admin', '/health'].map((path) => [path, { target: SYSTEM, changeOrigin: false }]),
);

export default defineConfig(({ command }) => ({
  plugins: [react()],
  server: { proxy: proxied },
  // The api puts a nonce of its own into every answer.
  ...(command === 'build' ? { html: { cspNonce: '__CSP_NONCE__' } } : {}),
  build: { assetsInlineLimit: 0, sourcemap: false },
}));
