import { createRootRoute } from '@tanstack/react-router'
import { Frame } from '../frame/Frame'

export const root = createRootRoute({ component: Frame })
