import react from '@vitejs/plugin-react';
import { defineConfig, loadEnv } from 'vite';
import { pdfFiles } from './pdf-files.ts';

/** What pages are not, which the system answers. */
const PASSED_ON = ['/api', '/session', '/admin', '/health'];

export default defineConfig(({ command, mode }) => {
  const { GANTRY_URL: target = 'http://127.0.0.1:3000' } = loadEnv(mode, import.meta.dirname, 'GANTRY_');
  return {
    plugins: [react(), pdfFiles()],
    server: { proxy: Object.fromEntries(PASSED_ON.map((path) => [path, { target, changeOrigin: false }])) },
    // The api puts a nonce of its own into every answer.
    ...(command === 'build' ? { html: { cspNonce: '__CSP_NONCE__' } } : {}),
    build: { assetsInlineLimit: 0, sourcemap: false },
  };
});
