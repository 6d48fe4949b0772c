// What a page and its worker say to each other.
import type { Connection, RoomHandlers, Said } from '@/shared/socket'
import type { Fault } from '@/shared/wire'

export type ToWorker =
  | { k: 'start'; url: string }
  | { k: 'connect' }
  | { k: 'disconnect' }
  | { k: 'seen'; is: boolean } // whether somebody looks at the page
  | { k: 'wake' } // the network is back
  | { k: 'enter'; n: number; room: string; resume?: boolean }
  | { k: 'leave'; n: number }
  | { k: 'request'; i: number; m: string; d: unknown; ttl?: number }
  | { k: 'say'; i: number; event: Said }
  | { k: 'log'; run: string; port: MessagePort }
  | { k: 'stream'; port: MessagePort | undefined }

export type RoomCall = keyof RoomHandlers

export type ToPage =
  | { k: 'connection'; connection: Connection }
  | { k: 'room'; n: number; call: RoomCall; with: unknown[] }
  // Only a page can reach the browser's shared event stream.
  | { k: 'stream' }
  | { k: 'answer'; i: number; value?: unknown; error?: { fault: Fault; sent: boolean } }
