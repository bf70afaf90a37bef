package marked

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"masjala/importers"
)

// colours are the fills of marked cells. They are a shade beside those that people choose from
// the palette, so that marks of an earlier run are known again.
var colours = map[importers.Severity]string{importers.Error: "FFFFC7CF", importers.Warning: "FFFFEB9D", importers.Info: "FFDDEBF8"}

// styles adds the styles of marked cells to a workbook's own.
type styles struct {
	before, between, after []byte // of the part, around its fills and its cell formats
	fillsTag, xfsTag       []byte
	fills                  []byte // inside of <fills>
	fillCount              int
	xfs                    [][]byte
	prefix                 string

	ours map[int]bool // numbers of fills that an earlier run added
	fill map[importers.Severity]int
	made map[[2]int]int // format and fill to the format with that fill
}

// plainStyles is the least a workbook without styles needs.
const plainStyles = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="` + mainSpace + `"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>` +
	`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>`

// readStyles takes the part of styles apart.
func readStyles(part []byte) (*styles, error) {
	s := &styles{ours: map[int]bool{}, fill: map[importers.Severity]int{}, made: map[[2]int]int{}}
	fills, err := inside(part, "fills")
	if err != nil {
		return nil, err
	}
	xfs, err := inside(part, "cellXfs")
	if err != nil {
		return nil, err
	}
	if fills.from < 0 || xfs.from < 0 || xfs.from < fills.to {
		return nil, errNoStyles
	}
	s.before, s.between, s.after = part[:fills.from], part[fills.to:xfs.from], part[xfs.to:]
	s.fillsTag, s.xfsTag, s.prefix = fills.tag, xfs.tag, fills.prefix
	s.fills, s.fillCount = part[fills.inner:fills.innerTo], len(fills.children)
	for i, c := range fills.children {
		for severity, rgb := range colours {
			if bytes.Contains(c, []byte(rgb)) {
				s.ours[i], s.fill[severity] = true, i
			}
		}
	}
	s.xfs = xfs.children
	return s, nil
}

// errNoStyles tells of a part of styles without the lists that cells need.
var errNoStyles = errors.New("the workbook's styles lack fills or cell formats")

// marked returns the format like an existing one with the colour of a severity behind it.
func (s *styles) marked(format int, severity importers.Severity) int {
	fill, ok := s.fill[severity]
	if !ok {
		fill = s.fillCount
		s.fillCount++
		p := s.prefix
		s.fills = fmt.Appendf(bytes.Clone(s.fills), `<%sfill><%spatternFill patternType="solid"><%sfgColor rgb="%s"/><%sbgColor indexed="64"/></%spatternFill></%sfill>`,
			p, p, p, colours[severity], p, p, p)
		s.fill[severity] = fill
	}
	return s.filled(format, fill)
}

// plain returns the format without the colour that an earlier run gave it.
func (s *styles) plain(format int) int {
	if format < 0 || format >= len(s.xfs) {
		return format
	}
	if fill, err := strconv.Atoi(valueOf(firstTag(s.xfs[format]), "fillId")); err != nil || !s.ours[fill] {
		return format
	}
	return s.filled(format, 0)
}

func (s *styles) filled(format, fill int) int {
	if len(s.xfs) == 0 {
		s.xfs = append(s.xfs, []byte("<"+s.prefix+`xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>`))
	}
	if format < 0 || format >= len(s.xfs) {
		format = 0
	}
	key := [2]int{format, fill}
	if n, ok := s.made[key]; ok {
		return n
	}
	tag := firstTag(s.xfs[format])
	xf := with(with(tag, "fillId", strconv.Itoa(fill)), "applyFill", "1")
	s.xfs = append(s.xfs, append(xf, s.xfs[format][len(tag):]...))
	s.made[key] = len(s.xfs) - 1
	return len(s.xfs) - 1
}

// bytes is the part with the new styles.
func (s *styles) bytes() []byte {
	var b bytes.Buffer
	b.Write(s.before)
	b.Write(with(s.fillsTag, "count", strconv.Itoa(s.fillCount)))
	b.Write(s.fills)
	b.WriteString("</" + s.prefix + "fills>")
	b.Write(s.between)
	b.Write(with(s.xfsTag, "count", strconv.Itoa(len(s.xfs))))
	for _, x := range s.xfs {
		b.Write(x)
	}
	b.WriteString("</" + s.prefix + "cellXfs>")
	b.Write(s.after)
	return b.Bytes()
}

// element is where an element stands in a part, with its children as they are written.
type element struct {
	from, to       int // of the whole element; from is -1 when there is none
	inner, innerTo int
	tag            []byte // its start tag
	prefix         string
	children       [][]byte
}

// inside finds the first element of a name below the root of a part.
func inside(part []byte, name string) (element, error) {
	e := element{from: -1}
	s := newScanner(bytes.NewReader(part))
	depth, at, child := 0, 0, -1
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return e, nil
		}
		if err != nil {
			return e, err
		}
		begin := at
		at += len(t.raw)
		switch t.kind {
		case start, empty:
			switch {
			case depth == 1 && t.name == name:
				e = element{from: begin, to: at, inner: at, innerTo: at, tag: bytes.Clone(t.raw), prefix: t.prefix()}
				if t.kind == empty {
					e.tag = append(bytes.TrimRight(e.tag[:len(e.tag)-2], " "), '>')
					return e, nil
				}
			case depth == 2 && e.from >= 0:
				if child = begin; t.kind == empty {
					e.children = append(e.children, part[begin:at])
				}
			}
			if t.kind == start {
				depth++
			}
		case end:
			depth--
			if depth == 2 && e.from >= 0 {
				e.children = append(e.children, part[child:at])
			}
			if depth == 1 && e.from >= 0 {
				e.innerTo, e.to = begin, at
				return e, nil
			}
		}
	}
}

// firstTag is the tag an element begins with.
func firstTag(element []byte) []byte {
	s := newScanner(bytes.NewReader(element))
	t, err := s.next()
	if err != nil {
		return nil
	}
	return bytes.Clone(t.raw)
}
