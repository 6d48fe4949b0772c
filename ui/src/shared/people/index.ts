export { Avatar, Avatars } from './Avatars'
export { initials, isAt, listed, meFirst, useMe, usePeople } from './people'
