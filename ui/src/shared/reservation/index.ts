export { anHour, askPlace, type PlaceActs, usePlace } from './acts'
export { type Question, type Queued, questionsTo, type Stand, standOf } from './stand'
export { useStand } from './useStand'
export { clockTime, ordinal, placeName, span } from './words'
