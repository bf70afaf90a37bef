package rf2

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// maxLine is how long a line may be. The longest terms have some thousand characters.
const maxLine = 1 << 20

// errDamaged is the end of a file that cannot be read on.
var errDamaged = errors.New("the file cannot be read to its end")

// lines reads the lines of a file, each as its columns. It reuses what it returns.
type lines struct {
	r      *bufio.Reader
	number int // of the line returned last, from 1
	fields [][]byte
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, maxLine)} }

// next returns the columns of the next line that is not empty; ok is false for one that is
// too long, no UTF-8 or has control characters. The error is io.EOF after the last line.
func (l *lines) next() (fields [][]byte, ok bool, err error) {
	for {
		line, err := l.r.ReadSlice('\n')
		l.number++
		long := false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			line, err = l.r.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, false, errors.Join(errDamaged, err)
		}
		if long {
			return nil, false, nil
		}
		if l.number == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) > 0 {
			return l.split(line), utf8.Valid(line) && !bytes.ContainsFunc(line, control), nil
		}
		if err != nil {
			return nil, false, io.EOF
		}
	}
}

// control tells the characters that no term has.
func control(r rune) bool { return r < ' ' && r != '\t' }

// split cuts a line at its tabs.
func (l *lines) split(line []byte) [][]byte {
	l.fields = l.fields[:0]
	for {
		at := bytes.IndexByte(line, '\t')
		if at < 0 {
			l.fields = append(l.fields, line)
			return l.fields
		}
		l.fields = append(l.fields, line[:at])
		line = line[at+1:]
	}
}

// sctid reads an identifier: digits, 18 at most.
func sctid(b []byte) (uint64, bool) {
	if len(b) == 0 || len(b) > 18 || b[0] == '0' {
		return 0, false
	}
	n := uint64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, true
}

// checks tells whether the last digit of an identifier is the check digit of Verhoeff.
func checks(id uint64) bool {
	check := byte(0)
	for i := 0; id > 0; i, id = i+1, id/10 {
		check = multiplied[check][permuted[i%8][id%10]]
	}
	return check == 0
}

// multiplied and permuted are the tables of the dihedral group of Verhoeff's check.
var multiplied, permuted = verhoeff()

func verhoeff() (mul [10][10]byte, perm [8][10]byte) {
	for a := range 10 {
		for b := range 10 {
			switch {
			case a < 5 && b < 5:
				mul[a][b] = byte((a + b) % 5)
			case a < 5:
				mul[a][b] = byte(5 + (a+b-5)%5)
			case b < 5:
				mul[a][b] = byte(5 + (a-b+5)%5)
			default:
				mul[a][b] = byte((a - b + 5) % 5)
			}
		}
	}
	base := [10]byte{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	for d := range 10 {
		perm[0][d] = byte(d)
		for i := 1; i < 8; i++ {
			perm[i][d] = base[perm[i-1][d]]
		}
	}
	return mul, perm
}
