import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// The relay embeds what is built here. `npm run dev` talks to a relay that
// runs already: FARBENCH_URL, by default the local mode's address.
const relay = process.env.FARBENCH_URL ?? 'http://127.0.0.1:7070'

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../relay/web/dist', import.meta.url)),
    emptyOutDir: true, // public/.gitkeep puts the kept file back
    target: 'es2022',
    assetsInlineLimit: 0, // the policy of the relay allows no data: scripts
    chunkSizeWarningLimit: 900,
  },
  server: {
    // The relay compares Host and Origin: the page's own would be refused.
    proxy: {
      '/api': { target: relay, changeOrigin: true, headers: { origin: relay } },
      '/events': { target: relay, changeOrigin: true, headers: { origin: relay } },
      '/ws': { target: relay, changeOrigin: true, ws: true, rewriteWsOrigin: true },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
})
