export { androidOf, buildOf, isReady, moodOf, nameOf } from '@/shared/lab'
