// Command pictures makes the pictures of docs/importing.md: it writes a small list with what
// offices really write, has it imported and marked by bin/masjala, and draws the sheets that come
// back. It needs soffice (libreoffice-calc-nogui) and pdftoppm (poppler-utils).
package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pictures PROGRAM FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// names are those of the pictures, in the order of the sheets.
var names = []string{"marked-list.png", "marked-summary.png", "marked-findings.png"}

func run(program, folder string) error {
	dir, err := os.MkdirTemp("", "pictures-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	list, marked := filepath.Join(dir, "facilities.xlsx"), filepath.Join(dir, "marked.xlsx")
	if err := save(list); err != nil {
		return fmt.Errorf("write list: %w", err)
	}
	const someRowsNeedALook = 3
	if err := call(program, "import", "facilities", list, "--data", filepath.Join(dir, "data"), "--marked", marked); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != someRowsNeedALook {
			return err
		}
	}
	if err := call("soffice", "--headless", "--convert-to", "fods", "--outdir", dir, marked); err != nil {
		return err
	}
	if err := widen(filepath.Join(dir, "marked.fods")); err != nil {
		return err
	}
	if err := call("soffice", "--headless", "--convert-to", "pdf", "--outdir", dir, filepath.Join(dir, "marked.fods")); err != nil {
		return err
	}
	if err := call("pdftoppm", "-r", "72", "-png", filepath.Join(dir, "marked.pdf"), filepath.Join(dir, "page")); err != nil {
		return err
	}
	for i, name := range names {
		if err := crop(filepath.Join(dir, fmt.Sprintf("page-%d.png", i+1)), filepath.Join(folder, name)); err != nil {
			return err
		}
	}
	return nil
}

func call(program string, args ...string) error {
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, out)
	}
	return nil
}

var (
	layout = regexp.MustCompile(`<style:page-layout-properties [^>]*>`)
	size   = regexp.MustCompile(` (?:fo:page-width|fo:page-height|fo:margin[a-z-]*|style:scale-to[A-Za-z-]*|style:print-orientation|style:print)="[^"]*"`)
)

// widen lays a page out that holds a whole sheet, with lines between the cells.
func widen(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text = layout.ReplaceAllFunc(text, func(tag []byte) []byte {
		tag = size.ReplaceAll(tag, nil)
		return append([]byte(`<style:page-layout-properties fo:page-width="60cm" fo:page-height="30cm" fo:margin="0.3cm" style:scale-to-X="1" style:scale-to-Y="1" style:print-orientation="landscape" style:print="grid headers objects charts zero-values"`), tag[len(`<style:page-layout-properties`):]...)
	})
	return os.WriteFile(path, text, 0o600)
}

// crop cuts the white around a picture off and writes it in few colours.
func crop(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	page, err := png.Decode(in)
	if err != nil {
		return fmt.Errorf("read %s: %w", from, err)
	}
	box := filled(page)
	small := image.NewPaletted(image.Rect(0, 0, box.Dx(), box.Dy()), palette(page, box))
	for y := range box.Dy() {
		for x := range box.Dx() {
			small.Set(x, y, page.At(box.Min.X+x, box.Min.Y+y))
		}
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(enc.Encode(out, small), out.Close())
}

// filled is the smallest rectangle with all that is not white, and a margin.
func filled(page image.Image) image.Rectangle {
	all := image.Rectangle{}
	b := page.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if r, g, b, _ := page.At(x, y).RGBA(); r < 0xf000 || g < 0xf000 || b < 0xf000 {
				all = all.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return all.Inset(-6).Intersect(b)
}

// palette is the most frequent colours of a picture, as many as a picture of few colours holds.
func palette(page image.Image, box image.Rectangle) color.Palette {
	count := map[color.RGBA]int{}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			count[color.RGBAModel.Convert(page.At(x, y)).(color.RGBA)]++
		}
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	out := color.Palette{}
	for _, c := range all[:min(len(all), 256)] {
		out = append(out, c)
	}
	return out
}
