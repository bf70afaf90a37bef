package app

import "masjala/internal/auth"

// handlers are all commands, by name.
func handlers() map[string]handler {
	return map[string]handler{
		"import-facilities": define(auth.Editor, facilityImport.do),
		"import-workers":    define(auth.Editor, workerImport.do),
		"import-codes":      define(auth.Editor, codeImport.do),
		"import-package":    define(auth.Editor, importPackage),
		"import-rf2":        define(auth.Editor, rf2Import.do),
		"import-icd10cm":    define(auth.Editor, icd10cmImport.do),
		"import-languages":  define(auth.Editor, languageImport.do),
		"import-runs":       define(auth.Reader, listRuns),
		"import-undo":       define(auth.Editor, undoImport),
		"match-lists":       define(auth.Editor, matchLists),
		"match-registry":    define(auth.Editor, matchRegistry),
		"export-run":        define(auth.Editor, runExport),
		"sync-list":         define(auth.Reader, listSources),
		"sync-run":          define(auth.Editor, runSync),
		"sync-resolve":      define(auth.Editor, resolveSync),
		"sync-status":       define(auth.Reader, syncStatus),
		"operation":         define(auth.Reader, operate),
		"token-create":      define(auth.Admin, createToken),
		"token-list":        define(auth.Admin, listTokens),
		"token-revoke":      define(auth.Admin, revokeToken),
		"doctor":            define(auth.Admin, examine),
		"backup":            define(auth.Admin, backup),
	}
}
