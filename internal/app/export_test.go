package app

import "time"

// Patience is how long a server that becomes ready now waits for what it takes into memory.
func (a *App) Patience() time.Duration { return a.patience() }
