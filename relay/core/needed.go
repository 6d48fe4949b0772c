package core

// Needed are the people whom others see or wait for now: who is connected to any
// relay, who holds or waits for a reservation, whose run goes on. known is false
// while this relay has not read or heard of all of it.
func (c *Core) Needed() (people map[string]bool, known bool) {
	people = map[string]bool{}
	known = c.crowd.Here(people) && c.books.Loaded() && c.runs.Loaded()
	for _, bench := range c.books.All() {
		for _, place := range bench.Places {
			if place.Holder != nil {
				people[place.Holder.ID] = true
			}
			for _, w := range place.Queue {
				people[w.Who.ID] = true
			}
			for _, a := range place.Asks {
				people[a.Who.ID] = true
			}
			if place.Offer != nil {
				people[place.Offer.To.ID] = true
			}
		}
	}
	for _, id := range c.runs.Starters() {
		people[id] = true
	}
	return people, known
}
