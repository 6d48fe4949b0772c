import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Connection } from './connection'
import type { Link } from './link'

export const SocketContext = createContext<Link | undefined>(undefined)

export function useSocket(): Link {
  const socket = useContext(SocketContext)
  if (!socket) throw new Error('no socket above this component')
  return socket
}

export function useConnection<T>(select: (c: Connection) => T): T {
  return useStore(useSocket().connection, select)
}
