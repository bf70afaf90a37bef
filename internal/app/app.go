package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"masjala/api"
	"masjala/facility"
	"masjala/facility/geo"
	facilitymatch "masjala/facility/match"
	"masjala/facility/place"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/desk"
	"masjala/internal/auth"
	"masjala/internal/config"
	"masjala/internal/jobs"
	"masjala/internal/metrics"
	"masjala/internal/searchparam"
	"masjala/store"
	"masjala/store/sqlite"
	"masjala/sync/mcsd"
	"masjala/terminology"
	"masjala/workforce"
	workermatch "masjala/workforce/match"
)

// LocalActor is the actor of what the command line changes, in this process or through
// the server that holds the data directory.
const LocalActor = "cli"

// Options are what Open needs to know beside the settings.
type Options struct {
	Purpose string // what the process does, for the message to others who want the directory
	Create  bool   // make the data directory if it is not there
	Version string // of the program
	Log     *slog.Logger
	Now     func() time.Time // nil: the wall clock
}

// App is the program over one data directory. It is safe for concurrent use.
type App struct {
	Config *config.Config
	Tokens *auth.Tokens

	version     string
	log         *slog.Logger
	now         func() time.Time
	opened      time.Time // when Open began
	store       *sqlite.Store
	terminology *terminology.Service
	indexer     *searchparam.Indexer
	registries  *store.Registries
	operations  []api.Operation
	areas       *geo.Index
	hierarchies *place.Hierarchies
	env         importers.Env
	desk        *desk.Desk
	sources     *mcsd.Client
	jobs        *jobs.Runner
	metrics     *metrics.Set

	closers []func() error // in the order of opening
}

// Open opens the data directory for this process. It fails with NotFound when there is
// none and it may not make one, with Busy when another process has it, and with Invalid
// when a setting cannot be used.
func Open(ctx context.Context, c *config.Config, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &App{Config: c, version: o.Version, log: o.Log, now: o.Now, opened: o.Now(), metrics: metrics.New()}
	a.closers = append(a.closers, setMemory(c.Memory))
	for _, open := range []func(context.Context, Options) error{a.openDirectory, a.openStore, a.openRegistries, a.openDesk, a.openJobs} {
		if err := open(ctx, o); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	return a, nil
}

// Close gives back all that Open took, in the opposite order.
func (a *App) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// openDirectory takes the data directory and its lock.
func (a *App) openDirectory(ctx context.Context, o Options) error {
	dir := a.Config.Data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !o.Create:
		return fhir.Errorf(fhir.NotFound, "there is no data directory %s; name one with --data, or make it with an import or serve", dir)
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make the data directory: %w", err)
		}
	case err != nil:
		return fmt.Errorf("look at the data directory: %w", err)
	case !info.IsDir():
		return fhir.Errorf(fhir.Invalid, "%s is a file, not a data directory", dir)
	}
	l, err := takeLock(ctx, dir, o.Purpose)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, l.release)
	return withdraw(dir) // what a server that was killed left behind
}

// databaseFile is the file of the store in the data directory.
const databaseFile = "masjala.db"

func (a *App) openStore(context.Context, Options) error {
	// SQLite would make the file readable by all; its log files take the mode of the file.
	f, err := os.OpenFile(filepath.Join(a.Config.Data, databaseFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	s, err := sqlite.Open(a.Config.Data, sqlite.Options{Now: a.now, CacheBytes: int64(a.Config.Memory.Cache), Logger: a.log})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, s.Close)
	a.store = s
	a.metrics.Clock(s.ClockBehind)
	a.metrics.Index(func() metrics.Index {
		st := s.IndexStats()
		return metrics.Index{On: st.On, Recent: st.Recent, Answered: st.Answered, Left: st.Left}
	})
	a.Tokens = auth.NewTokens(s, a.now)
	return nil
}

func (a *App) openRegistries(ctx context.Context, _ Options) error {
	t, err := terminology.New(terminology.Options{
		Store: a.store, Dir: filepath.Join(a.Config.Data, "concepts"), Log: a.log, Now: a.now,
		MaxExpansion: a.Config.Terminology.MaxExpansion, MaxCompare: a.Config.Terminology.MaxCompare, Heavy: a.Config.Terminology.Heavy,
	})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, t.Close)
	a.terminology = t
	if a.indexer, err = searchparam.Open(ctx, a.store, a.Config.BaseURL, a.log); err != nil {
		return err
	}
	a.closers = append(a.closers, a.indexer.Close)
	a.registries = store.NewRegistries(facility.NewRegistry(), workforce.NewRegistry(), t, searchparam.NewRegistry())
	policies, err := policies(a.Config.Profiles)
	if err != nil {
		return err
	}
	a.registries.Enforce(policies)
	a.env = importers.Env{Store: a.store, Registries: a.registries, Codes: vocabulary{t}, Systems: vocabulary{t}, Now: a.now, Log: a.log}
	a.operations = append(api.TerminologyOperations(t, a.Config.Terminology.Cleared...), a.directory()...)
	return nil
}

// importsFolder is where the files of imports lie in the data directory.
const importsFolder = "imports"

// openDesk opens the desk that imports lists.
func (a *App) openDesk(ctx context.Context, _ Options) error {
	c := a.Config.Imports
	d, err := desk.Open(ctx, desk.Options{
		Env: a.env, Folder: filepath.Join(a.Config.Data, importsFolder), Kinds: importKinds,
		Discard: !c.Originals, Space: int64(c.Space), Age: c.Age, Log: a.log,
	})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, d.Close)
	a.desk = d
	return nil
}

// startWork takes up imports that were cut short, and starts the jobs.
func (a *App) startWork(ctx context.Context) error {
	err := a.desk.Start(ctx)
	a.jobs.Start(ctx)
	return err
}

// sweepImports forgets, once a day, what is older than the settings say.
func (a *App) sweepImports() jobs.Job {
	return jobs.Job{Name: "imports:sweep", Schedule: "@daily", Run: func(ctx context.Context, _ jobs.Progress) error { return a.desk.Sweep(ctx) }}
}

func (a *App) openJobs(context.Context, Options) error {
	work := a.metrics.Work()
	client, err := mcsd.New(mcsd.Options{
		Store: a.store, Registries: a.registries, Sources: sources(a.Config.Sync.Sources),
		Self: self(a.Config), Now: a.now, Log: a.log, OnReport: count(work),
	})
	if err != nil {
		return err
	}
	a.sources = client
	exports, err := a.openExports()
	if err != nil {
		return err
	}
	a.jobs, err = jobs.New(jobs.Options{
		Store: a.store, Now: a.now, Log: a.log,
		OnRun: func(r jobs.Run) { work.Ran(r.Job, r.Error != "", r.Started, r.Ended) },
	}, slices.Concat(a.syncJobs(), exports.Jobs(), []jobs.Job{a.sweepImports()})...)
	return err
}

// directory are the operations on facilities and areas.
func (a *App) directory() []api.Operation {
	a.hierarchies = place.NewHierarchies(a.store)
	a.closers = append(a.closers, a.hierarchies.Close)
	a.areas = geo.NewIndex(a.store, geo.Points)
	a.closers = append(a.closers, a.areas.Close)
	return slices.Concat(api.HierarchyOperations(api.Directory{Store: a.store, Hierarchies: a.hierarchies, Now: a.now}),
		api.PositionOperations(geo.NewChecker(a.store, a.areas)), api.CrosswalkOperations(a.store), api.MatchOperations(a.matchers(), a.now))
}

// matchers find what means the same, by type.
func (a *App) matchers() map[string]api.Matcher {
	facilities := facilitymatch.NewFinder(a.store)
	return map[string]api.Matcher{"Location": facilities, "Organization": facilities, "Practitioner": workermatch.NewFinder(a.store)}
}

// scratch is where files lie that no command needs after it.
func (a *App) scratch() string { return filepath.Join(a.Config.Data, "scratch") }
