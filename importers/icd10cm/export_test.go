package icd10cm

// Parse is parse, for tests: the code, whether it may be billed, and both titles.
func Parse(line string) (code string, billable bool, short, long string, err error) {
	r, err := parse(line)
	return r.code, r.billable, r.short, r.long, err
}
