import { defineConfig } from 'vite';

const SERVICE = 'http://127.0.0.1:8000';

// What comes out must live under `script-src 'self'; style-src 'self'`: files only, nothing inline, nothing from elsewhere.
export default defineConfig({
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
  },
  // `npx vite` for work on a screen: everything but the files comes from a service on its usual port.
  server: {
    proxy: Object.fromEntries(
      ['/v1', '/oauth'].map((path) => [path, { target: SERVICE, changeOrigin: true, headers: { Origin: SERVICE } }]),
    ),
  },
});
