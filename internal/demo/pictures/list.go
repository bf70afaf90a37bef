package main

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

var head = []any{"Facility code", "Facility name", "Country", "District", "Facility type", "Latitude", "Longitude", "Phone", "E-mail", "Date opened"}

// facilities are made up; every second of the first has something that offices really write.
var facilities = [][]any{
	{"100016", "Amani Dispensary", "Tanzania", "Kilosa", "Dispensary", -6.8312, 36.9871, "0712 000 001", "amani@example.org", "1998-05-04"},
	{"100024", "Baraka Health Centre", "Tanzania", "Kilosa", "Health Centre", 36.9214, -6.7753, "0712000002/0754000003", "baraka@example.org", "2003-11"},
	{"100032", "Chanzo Dispensary", "Tanzania", "Kilosa", "dispensary", -6.7391, 37.0112, "0712000004", "chanzo at example.org", "12/03/2011"},
	{"100041", "Daraja Clinic", "Tanzania", "Mvomero", "Clinic", "6°15'32.4\"S", "37°32'10\"E", "O712000005", "daraja@example.org", "2009"},
	{"100057", "Elimu Dispensary", "Tanzania", "Mvomero", "Dispensary", 6.3148, 37.4471, "071200", "elimu@example.org", "2001-07-19"},
	{"100065", "Furaha Hospital", "Tanzania", "Mvomero", "Hospital", "Not Set", "Not Set", "0712000006", "furaha@example.org", "31/02/1987"},
	{"100073", "", "Tanzania", "Ulanga", "Dispensary", -8.4127, 36.5512, "0712000007", "ulanga2@example.org", "2015-01-30"},
	{"100081", "Hekima Health Centre", "Tanzania", "Ulannga", "Health Centre", -8.3871, 36.6024, "7.12E+08", "hekima@example.org", "1979-12-01"},
	{"", "Imani  Dispensary", "Tanzania", "Ulanga", "Dispensary", -8.4451, 36.5118, "0712000009", "imani@example.org", "2018-08-08"},
	{"100107", "Jamii &amp; Mto Clinic", "Tanzania", "Ulanga", "Clinic", -8.3362, 36.6717, "+255 712 000 010", "jamii@example.org", "Oct 25th 17"},
	{"100107", "Kisima Dispensary", "Tanzania", "Kilosa", "Dispensary", -6.8119, 36.9013, "0712000011", "kisima@example.org", "1994-02-27"},
	{"100123", "Lulu Clinic", "Tanzania", "Kilosa", "Clinic", -6.7982, 36.9477, "0712000012", "lulu@example.org", "2006-06-15"},
}

// save writes the list as an office would: with a title, colours and widths.
func save(path string) error {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "Sheet1"
	title, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	if err != nil {
		return err
	}
	heading, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}}})
	if err != nil {
		return err
	}
	rows := append([][]any{{"Health facilities 2026, Southern Office"}, {}, head}, facilities...)
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	for i, width := range []float64{13, 23, 10, 10, 14, 12, 12, 24, 22, 12} {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(sheet, name, name, width); err != nil {
			return err
		}
	}
	if err := f.SetCellStyle(sheet, "A1", "A1", title); err != nil {
		return err
	}
	if err := f.SetCellStyle(sheet, "A3", "J3", heading); err != nil {
		return err
	}
	if err := f.SetSheetName(sheet, "Facilities"); err != nil {
		return err
	}
	return f.SaveAs(path)
}
