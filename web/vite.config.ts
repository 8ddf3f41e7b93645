import { defineConfig } from 'vite';

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
  server: { proxy: { '/v1': 'http://127.0.0.1:8000', '/oauth': 'http://127.0.0.1:8000' } },
});
