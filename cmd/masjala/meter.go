package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"masjala/internal/command"
)

// meter draws how far a command is on one line of a terminal. It draws nothing elsewhere.
type meter struct {
	out     io.Writer // nil: draw nothing
	step    string
	started time.Time // of the step
	first   int64     // done when the step was first heard of
	drawn   time.Time
	width   int // of what is on the line
}

// pace is how often the line is drawn at most.
const pace = 200 * time.Millisecond

func newMeter(w io.Writer) *meter {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &meter{out: w}
		}
	}
	return &meter{}
}

// report draws the line, if it is time.
func (m *meter) report(p command.Progress) {
	if m.out == nil || (p == command.Progress{}) {
		return
	}
	now := time.Now()
	if p.Step != m.step || m.started.IsZero() {
		m.step, m.started, m.first = p.Step, now, p.Done
	} else if now.Sub(m.drawn) < pace {
		return
	}
	m.drawn = now
	m.draw(sentence(p, m.first, now.Sub(m.started)))
}

func (m *meter) draw(text string) {
	pad := max(0, m.width-len(text))
	fmt.Fprintf(m.out, "\r%s%s", text, strings.Repeat(" ", pad))
	m.width = len(text)
}

// end wipes the line, so that the result starts on a clean one.
func (m *meter) end() {
	if m.out != nil && m.width > 0 {
		m.draw("")
		fmt.Fprint(m.out, "\r")
	}
}

// sentence says how far a step is: "writing 23,400 of 98,745 rows, 4,100/s, 18s left".
func sentence(p command.Progress, first int64, since time.Duration) string {
	text := strings.TrimSpace(p.Step + " " + thousands(p.Done))
	if p.Total > 0 {
		text += " of " + thousands(p.Total)
	}
	if p.Unit != "" {
		text += " " + p.Unit
	}
	rate := float64(p.Done-first) / since.Seconds()
	if since < time.Second || rate <= 0 {
		return text
	}
	text += fmt.Sprintf(", %s/s", thousands(int64(rate+0.5)))
	if p.Total > p.Done {
		left := time.Duration(float64(p.Total-p.Done) / rate * float64(time.Second))
		text += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return text
}

// thousands writes a number in groups of three digits.
func thousands[N int | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
