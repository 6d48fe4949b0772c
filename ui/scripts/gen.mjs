// Makes src/shared/wire/api.gen.ts of schema.json, which `go run ./api/gen`
// (in relay) writes from the Go types.
import { readFile, writeFile } from 'node:fs/promises'
import { compile } from 'json-schema-to-typescript'

const folder = new URL('../src/shared/wire/', import.meta.url)
const schema = JSON.parse(await readFile(new URL('schema.json', folder), 'utf8'))
const types = await compile(schema, 'Documents', {
  additionalProperties: false, // for the writer of the page; what is unknown is passed over when reading
  bannerComment:
    '// Made from the Go types in relay/api and agent/wire by `make gen`. Do not edit.',
  style: { semi: false, singleQuote: true },
})
await writeFile(new URL('api.gen.ts', folder), types)
