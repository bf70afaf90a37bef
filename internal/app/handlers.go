package app

import "masjala/internal/auth"

// handlers are all commands, by name.
func handlers() map[string]handler {
	return map[string]handler{
		"import-facilities": define(auth.Editor, importOf("facilities")),
		"import-workers":    define(auth.Editor, importOf("workers")),
		"import-codes":      define(auth.Editor, importOf("codes")),
		"import-valuesets":  define(auth.Editor, importOf("valuesets")),
		"import-expansions": define(auth.Editor, importOf("expansions")),
		"import-maps":       define(auth.Editor, importOf("maps")),
		"import-package":    define(auth.Editor, importPackage),
		"import-rf2":        define(auth.Editor, importOf("rf2")),
		"import-icd10cm":    define(auth.Editor, importOf("icd10cm")),
		"import-languages":  define(auth.Editor, importOf("languages")),
		"import-runs":       define(auth.Reader, listRuns),
		"import-template":   define(auth.Reader, makeTemplate),
		"import-values":     define(auth.Editor, judgeValues),
		"import-decide":     define(auth.Editor, keepDecisions),
		"import-undo":       define(auth.Editor, undoImport),
		"import-changes":    define(auth.Reader, listChanges),
		"import-original":   define(auth.Admin, giveOriginal),
		"match-lists":       define(auth.Editor, matchLists),
		"match-registry":    define(auth.Editor, matchRegistry),
		"export-run":        define(auth.Editor, runExport),
		"export-list":       define(auth.Reader, exportList),
		"export-terms":      define(auth.Editor, exportTerms),
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
