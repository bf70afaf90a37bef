package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tidwall/gjson"
)

const (
	typingMost   = 10 * time.Millisecond
	typed        = 2000 // texts that somebody begins to type
	typedLetters = 6    // of a word
	describedAt  = 77   // column of the long description in the order file
	typingFile   = "data/terminology/icd-10-cm/icd10cm-order-Jan-2021.txt.gz"
	typingSystem = "http://hl7.org/fhir/sid/icd-10-cm"
)

// typing is what was seen while clients typed into fields for diagnoses.
type typing struct {
	alive, field []sample
	held         int    // texts whose pages of other sizes were compared
	uneven       string // the first of which a larger page does not begin with a smaller one
}

// typingWords reads the words of the descriptions of the order file, as often as they occur,
// line by line.
func typingWords(r io.Reader) (lines [][]string, err error) {
	in := bufio.NewScanner(r)
	for in.Scan() {
		if line := in.Text(); len(line) > describedAt {
			words := strings.FieldsFunc(line[describedAt:], func(c rune) bool { return !unicode.IsLetter(c) })
			if len(words) > 0 {
				lines = append(lines, words)
			}
		}
	}
	return lines, in.Err()
}

// typingLines is typingWords of a file, which has some.
func typingLines(name string) ([][]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	lines, err := typingWords(z)
	if err == nil && len(lines) == 0 {
		err = errors.New("it has no words")
	}
	return lines, err
}

// typedTexts makes up what is typed to find some line: the first one to six letters of one or
// two of its words.
func typedTexts(r *rand.Rand, lines [][]string, n int) []string {
	out := make([]string, n)
	for i := range out {
		words := lines[r.IntN(len(lines))]
		var some []string
		for range 1 + r.IntN(2) {
			w := words[r.IntN(len(words))]
			some = append(some, w[:1+r.IntN(min(typedLetters, len(w)))])
		}
		out[i] = strings.ToValidUTF8(strings.ToLower(strings.Join(some, " ")), "")
	}
	return out
}

// typingRequest asks for a page of the diagnoses that a text finds.
func typingRequest(text string, count int, header []byte) []byte {
	line := fmt.Sprintf("GET /fhir/ValueSet/$expand?url=%s&filter=%s&count=%d", url.QueryEscape(typingSystem+"?fhir_vs"), url.QueryEscape(text), count)
	return append([]byte(line), header...)
}

// typeahead imports ICD-10-CM, measures what clients wait for who type, and compares pages of
// other sizes.
func (k *knowledge) typeahead(ctx context.Context, server *process, header []byte) error {
	if k.only != "" && !slices.Contains(strings.Split(k.only, ","), "ICD") {
		return nil
	}
	name := filepath.Join(k.reference, filepath.FromSlash(typingFile))
	lines, err := typingLines(name)
	if errors.Is(err, fs.ErrNotExist) {
		tell("no typeahead in ICD-10-CM: the reference folder has no %s", typingFile)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	tell("typeahead in ICD-10-CM")
	if err := k.imports(ctx, source{what: "ICD-10-CM", args: []string{"icd10cm", name}}); err != nil {
		return err
	}
	if err := rest(ctx, server); err != nil {
		return err
	}
	texts := typedTexts(rand.New(rand.NewPCG(10, 2021)), lines, typed)
	requests := make([][]byte, len(texts))
	for i := range texts {
		requests[i] = typingRequest(texts[i], 10, header)
	}
	alive := same("GET /livez", header)
	for run := range k.runs {
		s, err := driveFor(ctx, k.each, server, 200, k.clients, func(int) job { return func(int) []byte { return alive() } })
		if err != nil {
			return err
		}
		k.typing.alive = append(k.typing.alive, s)
		s, err = driveFor(ctx, k.each, server, 200, k.clients, func(client int) job {
			r := rand.New(rand.NewPCG(uint64(run), uint64(client)))
			return func(int) []byte { return requests[r.IntN(len(requests))] }
		})
		if err != nil {
			return fmt.Errorf("typeahead: %w", err)
		}
		k.typing.field = append(k.typing.field, s)
	}
	return k.typing.hold(ctx, server, header, texts[:min(k.checked, len(texts))])
}

// hold compares pages of three sizes for each text: a larger one begins with the smaller.
func (t *typing) hold(ctx context.Context, server *process, header []byte, texts []string) error {
	c, err := dial(ctx, server.address)
	if err != nil {
		return err
	}
	defer c.conn.Close()
	c.whole = true
	for _, text := range texts {
		var last []string
		for _, count := range []int{3, 10, 50} {
			status, err := c.do(typingRequest(text, count, header))
			if err != nil {
				return fmt.Errorf("typeahead: %w", err)
			}
			codes := codesOf(nil, gjson.GetBytes(c.answer, "expansion"))
			if t.uneven == "" && (status != 200 || len(codes) == 0 || len(codes) > count || len(codes) < len(last) || !slices.Equal(codes[:len(last)], last)) {
				t.uneven = fmt.Sprintf("%q: status %d, %d codes", text, status, len(codes))
			}
			last = codes
		}
		t.held++
	}
	return nil
}

// report tells what was promised and seen.
func (t *typing) report(row func(what, found string, ok bool), clients int) {
	if len(t.field) == 0 {
		return
	}
	late := func(s []sample) time.Duration { return middle(s, func(x sample) time.Duration { return x.p99 }) }
	p99 := late(t.field)
	row(fmt.Sprintf("typeahead in ICD-10-CM, one or two words of 1 to %d letters, %d connections: p99 at most %s", typedLetters, clients, typingMost),
		fmt.Sprintf("%s, p50 %s, %.0f/s, CPU %s; beside it `/livez` %s", micro(p99), micro(middle(t.field, func(x sample) time.Duration { return x.p50 })),
			middle(t.field, sample.rate), micro(middle(t.field, sample.perRequest)), micro(late(t.alive))), p99 <= typingMost)
	row("its order is the same on pages of 3, 10 and 50", fmt.Sprintf("%d texts%s", t.held, because(t.uneven)), t.uneven == "")
}
