package xls

import (
	"encoding/binary"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// codePages are the encodings that older workbooks name.
var codePages = map[uint16]encoding.Encoding{
	437: charmap.CodePage437, 850: charmap.CodePage850, 852: charmap.CodePage852, 855: charmap.CodePage855, 858: charmap.CodePage858,
	860: charmap.CodePage860, 862: charmap.CodePage862, 863: charmap.CodePage863, 865: charmap.CodePage865, 866: charmap.CodePage866,
	874: charmap.Windows874, 932: japanese.ShiftJIS, 936: simplifiedchinese.GBK, 949: korean.EUCKR, 950: traditionalchinese.Big5,
	1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252, 1253: charmap.Windows1253, 1254: charmap.Windows1254,
	1255: charmap.Windows1255, 1256: charmap.Windows1256, 1257: charmap.Windows1257, 1258: charmap.Windows1258,
	10000: charmap.Macintosh, 32768: charmap.Macintosh,
}

// parts reads a record and those that continue it as one sequence of bytes. What is asked for
// beyond the end reads as zeros and sets bad.
type parts struct {
	list [][]byte
	bad  bool
}

// more drops parts that were read to their end and tells whether there is another byte.
func (p *parts) more() bool {
	for len(p.list) > 0 && len(p.list[0]) == 0 {
		p.list = p.list[1:]
	}
	return len(p.list) > 0
}

// take returns the next n bytes, across parts.
func (p *parts) take(n int) []byte {
	out := make([]byte, 0, min(n, 1<<16))
	for len(out) < n {
		if !p.more() {
			p.bad = true
			return append(out, make([]byte, min(n-len(out), 8))...)
		}
		k := min(n-len(out), len(p.list[0]))
		out = append(out, p.list[0][:k]...)
		p.list[0] = p.list[0][k:]
	}
	return out
}

// skip passes over n bytes.
func (p *parts) skip(n int) {
	for n > 0 {
		if !p.more() {
			p.bad = true
			return
		}
		k := min(n, len(p.list[0]))
		p.list[0] = p.list[0][k:]
		n -= k
	}
}

func (p *parts) u8() byte { return p.take(1)[0] }

func (p *parts) u16() int { return int(binary.LittleEndian.Uint16(p.take(2))) }

func (p *parts) u32() int { return int(binary.LittleEndian.Uint32(p.take(4))) }

// text reads a Unicode string of n characters that begins with its flags. Characters of one
// byte stand for U+0000 to U+00FF. Where a string goes on in another record, that record
// begins with a new flag for the width of characters.
func (p *parts) text(n int) string {
	flags := p.u8()
	runs, extra := 0, 0
	if flags&8 != 0 {
		runs = p.u16()
	}
	if flags&4 != 0 {
		extra = p.u32()
	}
	s := p.chars(n, flags&1 != 0)
	p.skip(4 * runs)
	p.skip(extra)
	return s
}

// chars reads n characters, which may go on in further parts.
func (p *parts) chars(n int, wide bool) string {
	units := make([]uint16, 0, min(n, 1<<12))
	for n > 0 {
		if len(p.list) == 0 || len(p.list[0]) == 0 {
			if !p.more() {
				p.bad = true
				break
			}
			wide = p.u8()&1 != 0
			continue
		}
		size := 1
		if wide {
			size = 2
		}
		k := min(n, len(p.list[0])/size)
		if k == 0 { // half a character
			p.bad = true
			break
		}
		for at := range k {
			if wide {
				units = append(units, binary.LittleEndian.Uint16(p.list[0][2*at:]))
			} else {
				units = append(units, uint16(p.list[0][at]))
			}
		}
		p.list[0] = p.list[0][k*size:]
		n -= k
	}
	return string(utf16.Decode(units))
}

// decode reads text of a code page.
func decode(b []byte, page uint16) string {
	e := codePages[page]
	if e == nil {
		e = charmap.Windows1252
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return string(b)
	}
	return string(out)
}
