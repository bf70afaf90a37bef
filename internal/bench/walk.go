package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
)

// walker follows the next links of pages.
type walker struct {
	*client
	header []byte // that ends a request
}

// host is the name by which clients address servers here.
const host = "http://bench"

// walk fetches a page and those after it, and calls each with every page. It ends after the
// last page, or when each returns false.
func (w *walker) walk(ctx context.Context, path string, each func(path string, page []byte) bool) error {
	w.whole = true
	for path != "" {
		if err := ctx.Err(); err != nil {
			return err
		}
		status, err := w.do(append([]byte("GET "+path), w.header...))
		if err != nil {
			return err
		}
		if status != 200 {
			return fmt.Errorf("status %d for %s: %.300s", status, path, w.answer)
		}
		if !each(path, w.answer) {
			return nil
		}
		if path, err = nextOf(w.answer); err != nil {
			return err
		}
	}
	return nil
}

// nextOf finds the path of the next page; "" on the last.
func nextOf(page []byte) (string, error) {
	head := page
	if i := bytes.Index(page, []byte(`"entry":[`)); i >= 0 {
		head = page[:i]
	}
	_, rest, ok := bytes.Cut(head, []byte(`"relation":"next","url":"`))
	if !ok {
		return "", nil
	}
	url, _, ok := bytes.Cut(rest, []byte(`"`))
	if path, here := strings.CutPrefix(string(url), host); ok && here {
		return path, nil
	}
	return "", fmt.Errorf("a next link leads elsewhere: %s", url)
}

// entries calls fn with the id and the version of every entry of a Bundle.
func entries(page []byte, fn func(id, version []byte)) error {
	for {
		_, rest, ok := bytes.Cut(page, []byte(`"fullUrl":"`))
		if !ok {
			return nil
		}
		url, rest, ok := bytes.Cut(rest, []byte(`"`))
		_, rest, ok2 := bytes.Cut(rest, []byte(`"versionId":"`))
		version, rest, ok3 := bytes.Cut(rest, []byte(`"`))
		if !ok || !ok2 || !ok3 {
			return errors.New("an entry has no address or no version")
		}
		fn(url[bytes.LastIndexByte(url, '/')+1:], version)
		page = rest
	}
}

// paths collects the addresses of up to most pages of a walk.
func (w *walker) paths(ctx context.Context, path string, most int) (list []string, err error) {
	err = w.walk(ctx, path, func(path string, _ []byte) bool {
		list = append(list, path)
		return len(list) < most
	})
	return list, err
}

// identity finds the id and the version of a resource.
func identity(resource []byte) (id, version []byte, ok bool) {
	_, rest, ok := bytes.Cut(resource, []byte(`"id":"`))
	id, rest, ok2 := bytes.Cut(rest, []byte(`"`))
	_, rest, ok3 := bytes.Cut(rest, []byte(`"versionId":"`))
	version, _, ok4 := bytes.Cut(rest, []byte(`"`))
	return id, version, ok && ok2 && ok3 && ok4
}
