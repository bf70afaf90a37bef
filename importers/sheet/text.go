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

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

const (
	utf8Text    = "utf-8"
	utf16le     = "utf-16le"
	utf16be     = "utf-16be"
	windows1252 = "windows-1252"
)

// openDelimited reads the whole text once to learn its encoding; rows are read later.
func (b *Book) openDelimited(path string, gzipped bool, limits Limits) error {
	b.Format = Delimited
	name := strings.TrimSuffix(b.Name, ".gz")
	b.Sheets = []Info{{Name: name}}
	sample, err := b.survey(path, gzipped, limits)
	if err != nil {
		return b.refuse(err)
	}
	b.Delimiter = delimiterOf(sample)
	b.open = func(string) (grid.Source, error) {
		r, closer, err := openText(path, gzipped)
		if err != nil {
			return nil, err
		}
		c := csv.NewReader(decode(r, b.Encoding))
		c.Comma, c.LazyQuotes, c.FieldsPerRecord, c.ReuseRecord = b.Delimiter, true, -1, true
		return &textRows{csv: c, closer: closer}, nil
	}
	return nil
}

// survey finds the encoding and returns the decoded beginning of the text.
func (b *Book) survey(path string, gzipped bool, limits Limits) (string, error) {
	r, closer, err := openText(path, gzipped)
	if err != nil {
		return "", err
	}
	defer closer()
	br := bufio.NewReaderSize(r, 256<<10)
	head, err := br.Peek(256 << 10)
	if err != nil && err != io.EOF {
		return "", err
	}
	if kind := sniff(head); kind != contentText {
		return "", kind.err()
	}
	head = bytes.Clone(head)
	b.Encoding = encodingOf(head)
	if b.Encoding == "" {
		valid, err := validUTF8(br, limits.Unpacked)
		if err != nil {
			return "", err
		}
		b.Encoding = windows1252
		if valid {
			b.Encoding = utf8Text
		}
	}
	text, err := io.ReadAll(decode(bytes.NewReader(head), b.Encoding))
	if err != nil && len(text) == 0 {
		return "", err
	}
	return string(text), nil
}

// openText opens a text file, gunzipped if need be.
func openText(path string, gzipped bool) (io.Reader, func() error, error) {
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

// validUTF8 reads r to its end, or to limit, and tells whether all of it is UTF-8.
func validUTF8(r io.Reader, limit int64) (bool, error) {
	buf := make([]byte, 0, 64<<10)
	valid := true
	for total := int64(0); ; {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if total += int64(n); total > limit {
			return false, fhir.Errorf(fhir.TooLarge, "it unpacks to more than the %d MB allowed; split it", limit>>20)
		}
		keep := 0
		for len(buf[keep:]) >= utf8.UTFMax || (err != nil && keep < len(buf)) {
			c, size := utf8.DecodeRune(buf[keep:])
			valid = valid && (c != utf8.RuneError || size > 1)
			keep += size
		}
		buf = buf[:copy(buf, buf[keep:])]
		if errors.Is(err, io.EOF) {
			return valid, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// decode turns text of an encoding into UTF-8 without a byte order mark.
func decode(r io.Reader, encoding string) io.Reader {
	switch encoding {
	case utf16le:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case utf16be:
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case windows1252:
		return transform.NewReader(r, charmap.Windows1252.NewDecoder())
	}
	return transform.NewReader(r, unicode.UTF8BOM.NewDecoder())
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
	closer func() error
	row    int // number of the row read last
	end    int // line on which it ended
}

// Next implements grid.Source.
func (t *textRows) Next() (Row, error) {
	rec, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	if err != nil {
		return Row{}, fhir.Errorf(fhir.Invalid, "the text breaks off after row %d; ask the sender for the file again", t.row).Because(err)
	}
	start, _ := t.csv.FieldPos(0)
	last, _ := t.csv.FieldPos(len(rec) - 1)
	t.row += start - t.end // blank lines count as rows, lines inside a cell do not
	t.end = last + strings.Count(rec[len(rec)-1], "\n")
	return Row{Number: t.row, Cells: rec}, nil
}

// Close closes the file.
func (t *textRows) Close() error { return t.closer() }
