package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// record is all rows that the server wrote for one resource.
type record struct{ rows []tableRow }

type tableRow struct {
	table  int
	values []any
}

// schema is the tables of a file and how to make them.
type schema struct {
	make    []string
	inserts []string // one for each table whose rows belong to a resource
}

// bareCommits commits the rows of a file of the server to a new file: arguments are the
// file, the new file and how many clients there are. Each client hands over the rows of one
// resource, waits until they are durable and takes the next; the loop commits together what
// is waiting.
func bareCommits(args []string) error {
	if len(args) != 3 {
		return errors.New("bare-commits takes a file, a new file and a number of clients")
	}
	clients, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	s, records, err := readRecords(args[0])
	if err != nil {
		return fmt.Errorf("read %s: %w", args[0], err)
	}
	l, err := openLoop(args[1], s)
	if err != nil {
		return fmt.Errorf("make %s: %w", args[1], err)
	}
	cpu, err := processor(os.Getpid())
	if err != nil {
		return err
	}
	begin := time.Now()
	times, err := l.run(records, clients)
	if err != nil {
		return err
	}
	r := replayed{Resources: len(records), Elapsed: time.Since(begin), P50: percentile(times, 50), P99: percentile(times, 99)}
	if r.CPU, err = processor(os.Getpid()); err != nil {
		return err
	}
	r.CPU -= cpu
	if err := l.db.Close(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}

// readRecords reads the schema of a file and the rows of each resource, in the order of
// creation.
func readRecords(path string) (schema, []record, error) {
	var s schema
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		return s, nil, err
	}
	defer db.Close()
	rows, err := db.Query("select type, name, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by type = 'index', rowid")
	if err != nil {
		return s, nil, err
	}
	var tables []string
	for rows.Next() {
		var kind, name, text string
		if err := rows.Scan(&kind, &name, &text); err != nil {
			return s, nil, err
		}
		s.make = append(s.make, text)
		if kind == "table" {
			tables = append(tables, name)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return s, nil, err
	}
	byID := map[int64]*record{}
	for _, t := range tables {
		if err := s.read(db, t, byID); err != nil {
			return s, nil, fmt.Errorf("table %s: %w", t, err)
		}
	}
	ids := make([]int64, 0, len(byID))
	for id := range byID {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	records := make([]record, len(ids))
	for i, id := range ids {
		records[i] = *byID[id]
	}
	return s, records, nil
}

// read adds the rows of one table, if it is one of rows that belong to resources.
func (s *schema) read(db *sql.DB, table string, byID map[int64]*record) error {
	rows, err := db.Query(`select * from "` + table + `"`)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	rid := slices.Index(columns, "rid")
	if rid < 0 {
		return nil
	}
	number := len(s.inserts)
	s.inserts = append(s.inserts, `insert into "`+table+`" values (?`+strings.Repeat(",?", len(columns)-1)+")")
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		id, ok := values[rid].(int64)
		if !ok {
			return fmt.Errorf("a rid is %v", values[rid])
		}
		if byID[id] == nil {
			byID[id] = &record{}
		}
		byID[id].rows = append(byID[id].rows, tableRow{number, values})
	}
	return rows.Err()
}

// loop commits records to a file.
type loop struct {
	db      *sql.DB
	inserts []string
}

type handed struct {
	record
	done chan error
}

func openLoop(path string, s schema) (*loop, error) {
	db, err := sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_synchronous=FULL&_stmt_cache_size=64")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	l := &loop{db: db, inserts: s.inserts}
	if err := l.prepare(s.make); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}

// prepare makes the tables and checks that a commit waits for the disk.
func (l *loop) prepare(statements []string) error {
	for _, text := range statements {
		if _, err := l.db.Exec(text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
	}
	var level int
	if err := l.db.QueryRow("pragma synchronous").Scan(&level); err != nil {
		return err
	}
	if full := 2; level != full {
		return fmt.Errorf("synchronous is %d, not FULL", level)
	}
	return nil
}

// run has clients hand over the records and returns how long each waited, sorted.
func (l *loop) run(records []record, clients int) ([]time.Duration, error) {
	times := make([][]time.Duration, clients)
	errs := make([]error, clients)
	waiting := make(chan handed, clients)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			done := make(chan error, 1)
			for i := c; i < len(records) && errs[c] == nil; i += clients {
				begin := time.Now()
				waiting <- handed{records[i], done}
				errs[c] = <-done
				times[c] = append(times[c], time.Since(begin))
			}
		})
	}
	var writer sync.WaitGroup
	writer.Go(func() { l.write(waiting) })
	wg.Wait()
	close(waiting)
	writer.Wait()
	all := slices.Concat(times...)
	slices.Sort(all)
	return all, errors.Join(errs...)
}

// write commits what is waiting, together, until there is no more.
func (l *loop) write(waiting <-chan handed) {
	for first := range waiting {
		batch := []handed{first}
		for range len(waiting) {
			batch = append(batch, <-waiting)
		}
		err := l.commit(batch)
		for _, h := range batch {
			h.done <- err
		}
	}
}

func (l *loop) commit(batch []handed) error {
	tx, err := l.db.Begin()
	if err != nil {
		return err
	}
	for _, h := range batch {
		for _, r := range h.rows {
			if _, err := tx.Exec(l.inserts[r.table], r.values...); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
	}
	return tx.Commit()
}
