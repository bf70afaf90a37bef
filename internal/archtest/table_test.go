package archtest_test

// module is the path of this module, with the slash that starts the path of a package.
const module = "masjala/"

// allowed lists what the packages below a path may import of ours. The longest path
// that holds a package is its entry; packages of one entry may import each other.
var allowed = map[string][]string{
	"fhir":                  {"fhir/structure"},
	"fhir/structure":        {},
	"fhir/search":           {"fhir"},
	"fhir/profile":          {"fhir"},
	"fhir/xml":              {"fhir"},
	"fhir/patch":            {"fhir"},
	"store":                 {"fhir"},
	"store/index":           {"fhir", "store"},
	"store/sqlite":          {"fhir", "store"},
	"store/storetest":       {"fhir", "store"},
	"terminology":           {"fhir", "store", "terminology"},
	"terminology/concept":   {"fhir"},
	"terminology/ecl":       {"fhir", "terminology/concept"},
	"terminology/compose":   {"fhir", "terminology/concept", "terminology/ecl"},
	"facility":              {"fhir", "store", "internal/linkage"},
	"workforce":             {"fhir", "store", "internal/linkage"},
	"importers":             {"fhir", "store", "terminology", "facility", "workforce", "internal/jobs", "internal/linkage", "internal/export/table"},
	"sync":                  {"fhir", "store", "terminology", "facility", "workforce", "internal/jobs"},
	"api":                   {"fhir", "store", "terminology", "facility", "workforce", "importers", "sync", "internal"},
	"web":                   {"fhir", "store", "terminology", "facility", "workforce", "importers", "sync", "internal"},
	"internal":              {"fhir", "store", "internal"},
	"internal/linkage":      {},       // knows words, not resources: the one package below internal that domains use (ADR 10)
	"internal/export/table": {"fhir"}, // knows files, not resources
	// A command also prints what imports and syncs report.
	"cmd": {"fhir", "internal/app", "internal/auth", "internal/command", "internal/config", "internal/demo", "internal/export/table", "importers", "sync"},

	// The one that wires everything, and those that drive the whole from outside to test,
	// measure and show it.
	"internal/app":   {""},
	"internal/e2e":   {""},
	"internal/bench": {""},
	"internal/demo":  {""},
}

// wholes may be imported by cmd and by each other only: they know everything.
var wholes = []string{"internal/app", "internal/e2e", "internal/bench", "internal/demo"}

// onlyIn lists every outside module and the paths that it may appear below; "" is
// everywhere. Files of tests may import what they like.
var onlyIn = map[string][]string{
	"github.com/RoaringBitmap/roaring":    {"store/index", "terminology/concept"},
	"github.com/dgraph-io/badger":         {"terminology/concept"},
	"github.com/gofiber/fiber":            {"api", "web", "internal/bench"},
	"github.com/valyala/fasthttp":         {"api", "web", "internal/bench"},
	"github.com/mattn/go-sqlite3":         {"store/sqlite", "internal/bench"},
	"github.com/jackc/pgx":                {"store/postgres"},
	"github.com/xuri/excelize":            {"importers", "internal/demo", "internal/export/table"},
	"github.com/robfig/cron":              {"internal/jobs"},
	"github.com/prometheus/client_golang": {"internal/metrics"},
	"github.com/spf13/cobra":              {"cmd"},
	"github.com/paulmach/orb":             {"facility"},
	"github.com/google/uuid":              {"store", "terminology"},
	"github.com/google/go-cmp":            {"store/storetest"},
	"pgregory.net/rapid":                  {"store/storetest", "importers/importtest"},
	"github.com/klauspost/compress":       {"importers", "store", "terminology", "api"},
	"github.com/tidwall/gjson":            {""},
	"go.yaml.in/yaml":                     {"importers", "internal/config", "internal/conformance"},
	"golang.org/x/text":                   {""},
	"golang.org/x/sys":                    {""},
	"golang.org/x/net":                    {""},
	"golang.org/x/sync":                   {""},
	"golang.org/x/mod":                    {"internal/notices"},
}
