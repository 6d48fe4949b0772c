// Joins the parts: theme, connection, lab, sign-in, pages.
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { Confirm } from '@/shared/confirm'
import { Lab, LabContext } from '@/shared/lab'
import { queryClient } from '@/shared/query'
import { settings } from '@/shared/settings'
import { SocketContext, useConnection, useSocket } from '@/shared/socket'
import { Talk, TalkContext } from '@/shared/talk'
import { Toasts } from '@/shared/toast'
import type { Fault } from '@/shared/wire'
import { openLink } from '@/shared/worker'
import { Refused } from './frame/Refused'
import { redeemFromAddress } from './link'
import { router } from './router'
import { schemes } from './schemes'
import { resolver, theme } from './theme'
import { useSession } from './useSession'

const SignIn = lazy(() => import('@/features/signin/SignIn').then((m) => ({ default: m.SignIn })))
const ChooseName = lazy(() =>
  import('@/features/signin/ChooseName').then((m) => ({ default: m.ChooseName })),
)

export function App() {
  const [{ socket, lab, talk }] = useState(() => ({
    socket: openLink(address()),
    lab: new Lab(),
    talk: new Talk(),
  }))
  useEffect(() => {
    const look = () => socket.seen(document.visibilityState === 'visible')
    const wake = () => socket.wake()
    look()
    document.addEventListener('visibilitychange', look)
    window.addEventListener('online', wake)
    return () => {
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('online', wake)
    }
  }, [socket])
  useEffect(() => lab.enter(socket, talk.lab), [lab, talk, socket])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      colorSchemeManager={schemes}
      defaultColorScheme={settings.getState().theme}
    >
      <QueryClientProvider client={queryClient}>
        <SocketContext value={socket}>
          <LabContext value={lab}>
            <TalkContext value={talk}>
              <Suspense>
                <Gate />
              </Suspense>
              <Toasts />
              <Confirm />
            </TalkContext>
          </LabContext>
        </SocketContext>
      </QueryClientProvider>
    </MantineProvider>
  )
}

// What the relay calls who has not chosen a name yet: nobody else may have it.
const nobody = 'guest'

// Gate lets in who is signed in. A code in the address is redeemed first.
function Gate() {
  const socket = useSocket()
  const phase = useConnection((c) => c.phase)
  const times = useConnection((c) => c.times)
  const isNobody = useConnection((c) => c.user?.name === nobody)
  useSession()
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
  if (isNobody) {
    const again = () => {
      socket.disconnect()
      socket.connect()
    }
    return <ChooseName onChosen={again} />
  }
  // A page that was in use stays as it is, with a bar.
  if ((phase === 'refused' || phase === 'stopped') && times === 0) return <Refused />
  return <RouterProvider router={router} />
}

function address(): string {
  const { protocol, host } = location
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws`
}
