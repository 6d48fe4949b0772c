// The SharedWorker that holds the browser's one event stream.
import { EventsWire } from './events'
import { Ports } from './port'

const ports = new Ports(() => new EventsWire())
const scope = globalThis as unknown as { onconnect: (e: MessageEvent) => void }
scope.onconnect = (e) => ports.serve(e.ports[0]!)
