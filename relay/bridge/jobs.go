package bridge

import "sync"

// Jobs are goroutines that callbacks start and whoever ends waits for. A
// callback may come while the end is under way: nothing starts any more then.
type Jobs struct {
	mu     sync.Mutex // orders a start and the end; guards ending
	ending bool
	wait   sync.WaitGroup
}

// Go runs job in a goroutine of its own, unless the end has begun.
func (j *Jobs) Go(job func()) (began bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.ending {
		j.wait.Go(job)
	}
	return !j.ending
}

// End lets nothing start any more and waits for what runs.
func (j *Jobs) End() {
	j.mu.Lock()
	j.ending = true
	j.mu.Unlock()
	j.wait.Wait()
}
