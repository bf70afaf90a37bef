package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
)

// parts is what the parts of a workbook tell that its rows do not.
type parts struct {
	from1904 bool                    // days count from 1904
	merges   map[string][]grid.Merge // by part
	sheets   map[string]string       // name of a sheet: its part
}

func (p *parts) mergesOf(sheet string) []grid.Merge { return p.merges[p.sheets[sheet]] }

// readParts refuses archives that are no workbook, unpack to too much, or hold a sheet that is
// cut off (excelize would read that as a shorter one), and finds what is merged in each sheet.
func readParts(path string, limit int64) (*parts, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if err := checkKind(&z.Reader, limit); err != nil {
		return nil, err
	}
	p := &parts{merges: map[string][]grid.Merge{}}
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "xl/worksheets/") && strings.HasSuffix(f.Name, ".xml") {
			if p.merges[f.Name], err = checkEnd(f); err != nil {
				return nil, err
			}
		}
	}
	p.readWorkbook(&z.Reader)
	return p, nil
}

// checkKind refuses archives by the names and sizes of their parts.
func checkKind(z *zip.Reader, limit int64) error {
	var total uint64
	workbook, document := false, false
	for _, p := range z.File {
		total += p.UncompressedSize64
		switch {
		case p.Name == "mimetype":
			workbook, document = true, true
		case p.Name == "xl/workbook.bin":
			return fhir.Errorf(fhir.Invalid, "it is a binary workbook (.xlsb); save it as .xlsx")
		case strings.HasPrefix(p.Name, "xl/"):
			workbook = true
		}
	}
	if total > uint64(limit) {
		return fhir.Errorf(fhir.TooLarge, "it unpacks to more than the %d MB allowed", limit>>20)
	}
	if !workbook {
		return fhir.Errorf(fhir.Invalid, "it is an archive (zip) but not a workbook; unpack it and import the table in it")
	}
	if document {
		return errOpenDocument
	}
	return nil
}

// mostMerged is how many bytes of the list of merged cells of one sheet are read.
const mostMerged = 8 << 20

// checkEnd reads a sheet to its end, which verifies its checksum, looks for its last tag and
// for the list of merged cells, which stands behind the rows.
func checkEnd(p *zip.File) ([]grid.Merge, error) {
	r, err := p.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	buf := make([]byte, 64<<10)
	var tail, merged []byte
	for {
		n, err := r.Read(buf)
		if n > 0 {
			tail = append(tail, buf[:n]...)
			switch at := bytes.Index(tail, []byte("mergeCells")); {
			case merged != nil && len(merged) < mostMerged:
				merged = append(merged, buf[:n]...)
			case merged == nil && at >= 0:
				merged = bytes.Clone(tail[at:])
			}
			tail = tail[:copy(tail, tail[max(0, len(tail)-256):])]
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	if t := bytes.TrimSpace(tail); !bytes.HasSuffix(t, []byte("worksheet>")) && !bytes.HasSuffix(t, []byte("worksheet >")) {
		return nil, fhir.Errorf(fhir.Invalid, "its part %s breaks off; ask the sender for the file again", p.Name)
	}
	return mergedCells(merged), nil
}

var mergedRange = regexp.MustCompile(`mergeCell [^>]*?ref="([A-Z]{1,3}[0-9]{1,7}):([A-Z]{1,3}[0-9]{1,7})"`)

// mergedCells reads a list of merged cells.
func mergedCells(list []byte) []grid.Merge {
	var out []grid.Merge
	for _, m := range mergedRange.FindAllSubmatch(list, -1) {
		left, top, err1 := excelize.CellNameToCoordinates(string(m[1]))
		right, bottom, err2 := excelize.CellNameToCoordinates(string(m[2]))
		if err1 == nil && err2 == nil {
			out = append(out, grid.Merge{Top: top, Left: left - 1, Bottom: bottom, Right: right - 1})
		}
	}
	return out
}

// readWorkbook finds the part of each sheet and from which day days count. What cannot be read
// is left to excelize to complain about.
func (p *parts) readWorkbook(z *zip.Reader) {
	var book struct {
		Properties struct {
			From1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if readXML(z, "xl/workbook.xml", &book) != nil || readXML(z, "xl/_rels/workbook.xml.rels", &links) != nil {
		return
	}
	p.from1904 = book.Properties.From1904 == "1" || book.Properties.From1904 == "true"
	targets := map[string]string{}
	for _, l := range links.List {
		if path, absolute := strings.CutPrefix(l.Target, "/"); absolute {
			targets[l.ID] = path
		} else {
			targets[l.ID] = "xl/" + l.Target
		}
	}
	p.sheets = map[string]string{}
	for _, s := range book.Sheets {
		p.sheets[s.Name] = targets[s.ID]
	}
}

// readXML reads a small part.
func readXML(z *zip.Reader, name string, into any) error {
	r, err := z.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, inMemory)).Decode(into)
}
