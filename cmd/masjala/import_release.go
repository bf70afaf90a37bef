package main

import "github.com/spf13/cobra"

func importRF2(o *options) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "rf2 FOLDER|FILE.zip…",
		Short: "Import a snapshot of SNOMED CT",
		Long: "Import a snapshot of SNOMED CT in Release Format 2, as a folder or as the zip archive of\n" +
			"the release. The files are told by their first lines; full releases and deltas in it are\n" +
			"left out. An extension is imported together with the edition that it extends: put both\n" +
			"into one folder. SNOMED CT needs a licence; see https://www.snomed.org.",
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(o, cmd, "rf2", f, args) },
	}
	cmd.Flags().StringSliceVar(&f.about.Dialects, "dialect", nil, "whose preferred terms become displays, best first: en-GB,fr (default en-US, then any)")
	f.release(cmd)
	f.common(cmd)
	return cmd
}

func importICD10CM(o *options) *cobra.Command {
	return importRelease(o, "icd10cm", "Import ICD-10-CM from its order file",
		"Import ICD-10-CM from the order file (icd10cm_order_2026.txt), as it is, compressed with gzip or\n"+
			"in the zip archive of the release. The version is the year in its name, or --version.")
}

func importLanguages(o *options) *cobra.Command {
	return importRelease(o, "languages", "Import the registry of language subtags",
		"Import the registry of language subtags that IANA publishes at\n"+
			"https://www.iana.org/assignments/language-subtag-registry, as it is or as JSON. Tags for languages\n"+
			"(urn:ietf:bcp:47) then have its subtags and names.")
}

// importRelease is the command for a release that is one file.
func importRelease(o *options, kind, short, long string) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{Use: kind + " FILE…", Short: short, Long: long, Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(o, cmd, kind, f, args) }}
	f.release(cmd)
	f.common(cmd)
	return cmd
}

// release adds the flags of releases: what they do not say themselves.
func (f *importFlags) release(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.about.Version, "version", "", "version of the code system (default as the release says)")
	cmd.Flags().StringVar(&f.about.Publisher, "publisher", "", "who published it")
	cmd.Flags().StringVar(&f.about.Copyright, "copyright", "", "licence and attribution, kept with the code system")
	cmd.Flags().StringSliceVar(&f.about.Jurisdictions, "jurisdiction", nil, "territory of the licence: codes of ISO 3166, such as KE")
}
