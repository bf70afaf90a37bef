package sheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
	"masjala/importers/sheet/ods"
	"masjala/importers/sheet/page"
	"masjala/internal/export/table"
)

// openText reads the whole text once to learn its encoding; rows are read later.
func (b *Book) openText(path string, gzipped bool, limits Limits) error {
	sample, err := b.survey(path, gzipped, limits)
	if err != nil {
		return b.refuse(err)
	}
	text := func() (io.ReadCloser, error) {
		r, closer, err := fileText(path, gzipped)
		if err != nil {
			return nil, err
		}
		return decoded{decode(r, b.Encoding), closer}, nil
	}
	var book grid.Book
	switch kind := sniffText([]byte(sample)); {
	case kind == contentText:
		b.openDelimited(sample, text)
		return nil
	case kind == contentHTML:
		b.Format = WebPage
		book, err = page.Open(text)
	case kind == contentXML && strings.Contains(sample, "opendocument.spreadsheet"):
		b.Format = OpenDocument
		book, err = ods.Open(text)
	case kind == contentJSON && !strings.HasPrefix(strings.TrimSpace(sample), "["):
		book, err = b.openJSON(text)
	default:
		err = kind.err()
	}
	if err != nil {
		return b.refuse(err)
	}
	b.adopt(book)
	return nil
}

// decoded is a text in UTF-8.
type decoded struct {
	io.Reader
	closer func() error
}

// Close closes the file.
func (d decoded) Close() error { return d.closer() }

// openDelimited reads text with a delimiter.
func (b *Book) openDelimited(sample string, text func() (io.ReadCloser, error)) {
	b.Format = Delimited
	b.Sheets = []Info{{Name: strings.TrimSuffix(b.Name, ".gz")}}
	b.Delimiter = delimiterOf(sample)
	b.open = func(string) (grid.Source, error) {
		r, err := text()
		if err != nil {
			return nil, err
		}
		guard := &grid.Guard{In: r, Limit: 64 * max(int64(b.cell), 16<<10)}
		c := csv.NewReader(guard)
		c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = b.Delimiter, true, -1, true
		return &textRows{csv: c, guard: guard, closer: r.Close}, nil
	}
}

// survey finds the encoding and returns the decoded beginning of the text.
func (b *Book) survey(path string, gzipped bool, limits Limits) (string, error) {
	r, closer, err := fileText(path, gzipped)
	if err != nil {
		return "", err
	}
	defer closer()
	br := bufio.NewReaderSize(r, 256<<10)
	head, err := br.Peek(256 << 10)
	if err != nil && err != io.EOF {
		return "", err
	}
	kind := sniff(head)
	if !kind.isText() {
		return "", kind.err()
	}
	head = bytes.Clone(head)
	b.Encoding = encodingOf(head)
	told := b.Encoding != ""
	if !told || gzipped { // to its end, which shows how much it unpacks to
		valid, words, err := validUTF8(br, limits.Unpacked)
		switch {
		case err != nil:
			return "", err
		case !told:
			b.Encoding = unmarked(kind, head, valid, words)
		}
	}
	text, err := io.ReadAll(decode(bytes.NewReader(head), b.Encoding))
	if err != nil && len(text) == 0 {
		return "", err
	}
	return string(text), nil
}

// unmarked is the encoding of a text without a byte order mark.
func unmarked(kind content, head []byte, valid bool, words []byte) string {
	if valid {
		return utf8Text
	}
	if name := declared(head); kind == contentHTML && name != "" {
		return name
	}
	return guess(words)
}

// fileText opens a text file, gunzipped if need be.
func fileText(path string, gzipped bool) (io.Reader, func() error, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if !gzipped {
		return f, f.Close, nil
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 64<<10))
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return z, f.Close, nil
}

// encodingOf reads a byte order mark, or sees UTF-16 by its zero bytes; "" when neither tells.
func encodingOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16le
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16be
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return utf8Text
	}
	var even, odd int
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch half := len(head) / 2; {
	case half > 1 && odd > half/2 && even == 0:
		return utf16le
	case half > 1 && even > half/2 && odd == 0:
		return utf16be
	}
	return ""
}

// wordsKept is how many bytes of words beyond ASCII are kept to guess their encoding from.
const wordsKept = 16 << 10

// validUTF8 reads r to its end, or to limit, and tells whether all of it is UTF-8. words are
// the first words that have bytes beyond ASCII.
func validUTF8(r io.Reader, limit int64) (valid bool, words []byte, err error) {
	buf := make([]byte, 0, 64<<10)
	valid = true
	var word []byte
	for total := int64(0); ; {
		n, err := r.Read(buf[len(buf):cap(buf)])
		words, word = gather(words, word, buf[len(buf):len(buf)+n])
		buf = buf[:len(buf)+n]
		if total += int64(n); total > limit {
			return false, nil, fhir.Errorf(fhir.TooLarge, "it unpacks to more than the %d MB allowed; split it", limit>>20)
		}
		keep := 0
		for len(buf[keep:]) >= utf8.UTFMax || (err != nil && keep < len(buf)) {
			c, size := utf8.DecodeRune(buf[keep:])
			valid = valid && (c != utf8.RuneError || size > 1)
			keep += size
		}
		buf = buf[:copy(buf, buf[keep:])]
		if errors.Is(err, io.EOF) {
			words, _ = gather(words, word, []byte{' '})
			return valid, words, nil
		}
		if err != nil {
			return false, nil, err
		}
	}
}

// gather adds the words of a piece that have bytes beyond ASCII; word is one that began in the
// piece before.
func gather(words, word, piece []byte) (all, begun []byte) {
	if len(words) >= wordsKept {
		return words, nil
	}
	for _, c := range piece {
		if c >= 0x80 || c|0x20 >= 'a' && c|0x20 <= 'z' {
			if len(word) < 64 {
				word = append(word, c)
			}
			continue
		}
		if bytes.ContainsFunc(word, func(r rune) bool { return r >= 0x80 }) {
			words = append(append(words, word...), ' ')
		}
		word = word[:0]
	}
	return words, word
}

// delimiterOf picks the delimiter that divides the lines of a sample most evenly.
func delimiterOf(sample string) rune {
	best, bestScore := ',', 0.0
	for _, d := range []rune{',', ';', '\t', '|'} {
		if score := evenness(sample, d); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// evenness is the share of records with the commonest number of fields, weighed by that number.
func evenness(sample string, d rune) float64 {
	r := csv.NewReader(strings.NewReader(sample))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = d, true, -1, true
	counts, records := map[int]int{}, 0
	for records < 200 {
		rec, err := r.Read()
		if err != nil {
			break
		}
		counts[len(rec)]++
		records++
	}
	var score float64
	for fields, n := range counts {
		if fields > 1 {
			score = max(score, float64(n)/float64(records)*(1+float64(min(fields, 50))/50))
		}
	}
	return score
}

// textRows reads records and numbers them as a spreadsheet program would.
type textRows struct {
	grid.Plain
	csv    *csv.Reader
	guard  *grid.Guard // of one record
	closer func() error
	row    int // number of the row read last
	end    int // line on which it ended
}

// Next implements grid.Source.
func (t *textRows) Next() (Row, error) {
	t.guard.Reset()
	rec, err := t.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return Row{}, io.EOF
	case fhir.KindOf(err) == fhir.TooLarge:
		return Row{}, fhir.Errorf(fhir.Invalid, "the row after row %d has more than %d bytes; a quotation mark may be missing", t.row, t.guard.Limit)
	case err != nil:
		return Row{}, fhir.Errorf(fhir.Invalid, "the text breaks off after row %d; ask the sender for the file again", t.row).Because(err)
	}
	start, _ := t.csv.FieldPos(0)
	last, _ := t.csv.FieldPos(len(rec) - 1)
	t.row += start - t.end // blank lines count as rows, lines inside a cell do not
	t.end = last + strings.Count(rec[len(rec)-1], "\n")
	for i := range rec {
		rec[i] = table.Unescape(rec[i])
	}
	return Row{Number: t.row, Cells: rec}, nil
}

// Close closes the file.
func (t *textRows) Close() error { return t.closer() }
