package importtest

import (
	"os"
	"path/filepath"

	"pgregory.net/rapid"

	"masjala/internal/export/table"
)

// Write makes a file of a table, in the format that its name says.
func Write(path string, head []string, rows func(row func(cells []string) error) error) error {
	format, err := table.FormatOf(path)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer f.Close()
	return table.Write(f, format, table.Head{Names: head}, func(row func([]table.Cell) error) error {
		return rows(func(cells []string) error { return row(table.Texts(cells...)) })
	})
}

// Texts makes texts of what goes wrong in tables.
func Texts() *rapid.Generator[string] {
	part := rapid.SampledFrom([]string{"Nurse", "infirmière", "مستشفى", "🏥", "NA", "Unknown", "-", "?", "#N/A", "#tag", "=1+1", "'", "\"", ",", ";", "|", "007", "1.50", "SÃ£o", "&amp;",
		"<b>", " ", "  ", "\t", "\n", "_x0041_", "Code", "Display", "a\u00a0b", "e\u0301", "true", "{}", "x"})
	return rapid.Map(rapid.SliceOfN(part, 1, 4), func(parts []string) string {
		text := ""
		for _, p := range parts {
			text += p
		}
		return "t" + text + "t"
	})
}

// Words makes texts that are whole on their own: some of [Texts], some that stand for nothing
// elsewhere or begin like a formula.
func Words() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"NA", "None", "-", "?", ".", "#N/A", "#1", "=A1", "+", "@x", "'x", "''=1", "0", "007", "1e5", "TRUE", "Code", "Display", "More (JSON)", "2026-01-01"}), Texts())
}

// Code makes codes of R4: no blank at an end, and none beside another.
func Code() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"NA", "None", "-", "#1", "#N/A", "=A1", "+", "007", "a;b", "a|b", "Code", "1.50", "A b", "é", "&lt;"}), rapid.StringMatching(`[a-zA-Z0-9#;|_.=+-]{1,6}`))
}
