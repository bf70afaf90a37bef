package app

import (
	"masjala/internal/config"
	"masjala/internal/jobs"
	"masjala/internal/metrics"
	"masjala/sync/mcsd"
)

// sources turns the settings of the sync sources into what sync/mcsd follows.
func sources(list []config.Source) []mcsd.Source {
	out := make([]mcsd.Source, len(list))
	for i, s := range list {
		out[i] = mcsd.Source{
			Name: s.Name, URL: s.URL, Schedule: s.Schedule, Timezone: s.Timezone, Types: s.Types,
			Rule: mcsd.Rule(s.Rule), TokenFile: s.TokenFile, CAFile: s.CAFile,
			PageSize: s.PageSize, Timeout: s.Timeout, Overlap: s.Overlap,
		}
	}
	return out
}

// syncJobs are the jobs that follow the sources, each with its own random delay.
func (a *App) syncJobs() []jobs.Job {
	list := a.sources.Jobs(0)
	for i := range list {
		for _, s := range a.Config.Sync.Sources {
			if list[i].Name == "sync:"+s.Name {
				list[i].Delay = s.Jitter
			}
		}
	}
	return list
}

// count counts in w what became of the resources of each run.
func count(w *metrics.Work) func(*mcsd.Report) {
	return func(r *mcsd.Report) {
		sum := r.Total()
		for outcome, n := range map[string]int64{
			"created": sum.Created, "updated": sum.Updated, "deleted": sum.Deleted, "unchanged": sum.Unchanged,
			"conflict": sum.Conflicts, "refused": sum.Refused, "held": sum.Held,
		} {
			w.Synced(r.Source, outcome, n)
		}
	}
}

// self lists the addresses of this server as others may know them, so that what it sent
// out is told apart when it comes back.
func self(c *config.Config) []string {
	if c.BaseURL == "" {
		return nil
	}
	return []string{c.BaseURL}
}
