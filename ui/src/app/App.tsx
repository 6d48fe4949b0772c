// Joins the parts: theme, connection, lab, sign-in, pages.
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { SignIn } from '@/features/signin/SignIn'
import { Confirm } from '@/shared/confirm'
import { whyNot } from '@/shared/http/api'
import { useKeyboard } from '@/shared/keys'
import { Lab, LabContext } from '@/shared/lab'
import { queryClient } from '@/shared/query'
import {
  openStream,
  Socket,
  SocketContext,
  streamPort,
  useConnection,
  useSocket,
} from '@/shared/socket'
import { Toasts } from '@/shared/toast'
import type { Fault } from '@/shared/wire'
import { redeemFromAddress } from './link'
import { Refused } from './Refused'
import { router } from './router'
import { resolver, theme } from './theme'

const schemes = localStorageColorSchemeManager({ key: 'farbench-scheme' })

export function App() {
  const [{ socket, lab }] = useState(() => ({
    socket: new Socket({
      url: address(),
      diagnose: whyNot,
      stream: () => openStream(streamPort()),
    }),
    lab: new Lab(),
  }))
  useEffect(() => {
    const wake = () => document.visibilityState === 'visible' && socket.wake()
    document.addEventListener('visibilitychange', wake)
    window.addEventListener('online', wake)
    return () => {
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('online', wake)
    }
  }, [socket])
  useEffect(() => lab.enter(socket), [lab, socket])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      colorSchemeManager={schemes}
      defaultColorScheme="auto"
    >
      <SocketContext value={socket}>
        <LabContext value={lab}>
          <QueryClientProvider client={queryClient}>
            <Gate />
            <Toasts />
            <Confirm />
          </QueryClientProvider>
        </LabContext>
      </SocketContext>
    </MantineProvider>
  )
}

// Gate lets in who is signed in. A code in the address is redeemed first.
function Gate() {
  useKeyboard(true)
  const socket = useSocket()
  const phase = useConnection((c) => c.phase)
  const [fault, setFault] = useState<Fault>()
  useEffect(() => {
    let isGone = false
    redeemFromAddress().then((failed) => {
      if (isGone) return
      setFault(failed)
      socket.connect()
    })
    return () => {
      isGone = true
      socket.disconnect()
    }
  }, [socket])
  if (phase === 'signed-out') return <SignIn fault={fault} onSignedIn={() => socket.connect()} />
  if (phase === 'refused') return <Refused />
  return <RouterProvider router={router} />
}

function address(): string {
  const { protocol, host } = location
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws`
}
