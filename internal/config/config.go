package config

import (
	"slices"
	"time"
)

// File is the name of the settings file in the data directory.
const File = "masjala.yaml"

// Config holds every setting. The tags name the key in the file and say what it is for.
type Config struct {
	Data string // the data directory; it is where the file lies, so the file cannot set it

	Listen  string   `key:"listen" doc:"address and port to serve on; port 0 takes a free one"`
	Open    bool     `key:"open" doc:"serve without sign-in; only on a loopback address"`
	BaseURL string   `key:"base_url" doc:"FHIR base address as clients see it, when a proxy stands before the server; empty: as each request says"`
	Proxies []string `key:"trusted_proxies" doc:"addresses or networks (CIDR) of proxies whose X-Forwarded headers are believed"`

	References string `key:"references" doc:"what becomes of a write that refers to a resource of this server that is not there: check refuses it, keep stores it"`

	IHEStrict bool `key:"ihe_strict" doc:"where IHE and FHIR R4 differ, do as IHE says: 400, not 406, to a format that cannot be made, and a transaction takes POST, PUT and DELETE only"`

	Modules []string `key:"modules" doc:"parts that are served, of terminology, facility and workforce; types of the others are answered as not supported"`
	Keep    []string `key:"forbid_delete" doc:"resource types that clients cannot delete, or all; they update them with a status that says it is not in use any more"`

	TLS    TLS    `key:"tls"`
	Limits Limits `key:"limits"`
	Memory Memory `key:"memory"`
	Log    Log    `key:"log"`
	Sync   Sync   `key:"sync"`

	Imports Imports `key:"imports"`

	Exports []Export `key:"exports"`

	Terminology Terminology `key:"terminology"`

	Profiles Profiles `key:"profiles"`

	origins map[string]string // key → where its value comes from
}

// TLS is how connections are encrypted.
type TLS struct {
	Cert     string `key:"cert" doc:"file with the server's certificate and its chain, PEM"`
	Key      string `key:"key" doc:"file with the certificate's private key, PEM"`
	ClientCA string `key:"client_ca" doc:"file with the authorities whose client certificates are demanded, PEM; empty: none is demanded"`
}

// Limits keep one request from taking everything.
type Limits struct {
	Page    int           `key:"page" doc:"rows on a page of a search or history when the request gives no _count"`
	MaxPage int           `key:"max_page" doc:"most rows on a page"`
	Body    Size          `key:"body" doc:"largest request body of one resource; code systems, value sets, concept maps and Locations, which may have a boundary, take limits.bundle"`
	Bundle  Size          `key:"bundle" doc:"largest request body of a Bundle"`
	Upload  Size          `key:"upload" doc:"largest file sent to an import"`
	Request time.Duration `key:"request" doc:"longest time one request may take; commands and imports have no limit"`
	Stop    time.Duration `key:"stop" doc:"how long running requests may take to end when the server stops"`
}

// Memory is how much the process may use.
type Memory struct {
	Limit Size `key:"limit" doc:"memory the Go runtime tries to stay under, beside SQLite and mapped files; 0: no limit"`
	Cache Size `key:"cache" doc:"memory for resources that were read or written lately, as large as it gets; they are answered without the database"`
	GC    int  `key:"gc_percent" doc:"growth of the heap, in percent, at which garbage is collected"`
}

// Terminology keeps questions about codes from taking everything.
type Terminology struct {
	MaxExpansion int      `key:"max_expansion" doc:"most codes in one answer of $expand; a request for more is refused as too costly and can ask for pages"`
	MaxCompare   int      `key:"max_compare" doc:"most codes of a value set that $compare lists to compare it with another"`
	Cleared      []string `key:"cleared" doc:"names of the tokens that may use value sets labelled as restricted (confidentiality R or V); those of admins may too"`
	Heavy        int      `key:"heavy" doc:"expensive questions that are answered at the same time; others wait their turn; 0: as many as the machine has cores, less one"`

	Registries []string `key:"package_registries" doc:"addresses of registries that FHIR packages are fetched from by name and version, asked in this order; no other host is called"`
}

// Log is what is written to standard error.
type Log struct {
	Level  string `key:"level" doc:"debug, info, warn or error"`
	Format string `key:"format" doc:"text or json"`

	Requests string `key:"requests" doc:"file that gets a line of JSON for each request: time, method, path without the query, status, bytes, milliseconds, name of the token, request id; empty: none"`
}

// Imports is what is kept of lists that were imported.
type Imports struct {
	Originals bool          `key:"originals" doc:"keep the file of each imported list, so that it can be had again as it was given; false: no longer than until it is imported"`
	Space     Size          `key:"space" doc:"most that the files of imports may take together; the oldest go first, those that wait to be applied never"`
	Age       time.Duration `key:"age" doc:"how long the files of an import are kept, and imports that were never applied"`
}

// Sync is what is fetched from other servers.
type Sync struct {
	Sources []Source `key:"sources"`
}

// Source is another server that this one follows; sync/mcsd says more of each setting
// and checks them.
type Source struct {
	Name      string        `key:"name" doc:"what the source is called in commands and reports: lower-case letters, digits, dots, dashes"`
	URL       string        `key:"url" doc:"FHIR base address of the other server"`
	Schedule  string        `key:"schedule" doc:"when to fetch, five fields as in cron; empty: only by hand"`
	Timezone  string        `key:"timezone" doc:"time zone of the schedule, such as Africa/Nairobi; empty: UTC"`
	Jitter    time.Duration `key:"jitter" doc:"longest random delay of a scheduled run, so that many followers do not come at once"`
	Types     []string      `key:"types" doc:"resource types to follow; empty: the seven of mCSD"`
	Rule      string        `key:"rule" doc:"who wins when both sides changed a resource: upstream, local, or hold until a person decides"`
	TokenFile string        `key:"token_file" doc:"file that holds the bearer token for the other server"`
	CAFile    string        `key:"ca_file" doc:"file with the authorities that sign the other server's certificate, PEM; empty: the machine's"`
	PageSize  int           `key:"page_size" doc:"resources asked for at a time"`
	Timeout   time.Duration `key:"timeout" doc:"longest wait for one page"`
	Overlap   time.Duration `key:"overlap" doc:"how far before the last mark each run asks again; 0s: as the other server needs it"`
}

// Export is a table that is made from what is stored; internal/export says more of each
// setting and checks them.
type Export struct {
	Name      string   `key:"name" doc:"what the export is called in commands: letters, digits, dots, dashes; not the name of a list such as facilities"`
	Type      string   `key:"type" doc:"resource type: one row for each resource"`
	Query     string   `key:"query" doc:"search parameters that choose the resources, such as status=active&type=hospital; empty: all"`
	Columns   []string `key:"columns" doc:"paths of elements, perhaps with a title and a condition: [name, \"Code=identifier[system=urn:mfl].value\"]; several values are joined by a semicolon"`
	To        string   `key:"to" doc:"CSV file to write, in the data directory unless it says where, or an http address that takes it by PUT"`
	TokenFile string   `key:"token_file" doc:"file that holds the bearer token for the address"`
	Schedule  string   `key:"schedule" doc:"when to export, five fields as in cron; empty: only by hand"`
	Timezone  string   `key:"timezone" doc:"time zone of the schedule, such as Africa/Nairobi; empty: UTC"`
}

// Default returns the settings of a program that nobody configured.
func Default() *Config {
	return &Config{
		Data:   "masjala-data",
		Listen: "127.0.0.1:8080",
		Limits: Limits{
			Page: 50, MaxPage: 1000, Body: 1 << 20, Bundle: 64 << 20, Upload: 1 << 30,
			Request: time.Minute, Stop: 20 * time.Second,
		},
		References: "keep", Modules: slices.Clone(modules),
		Profiles: defaultProfiles(),

		Terminology: Terminology{MaxExpansion: 50_000, MaxCompare: 10_000},

		Imports: Imports{Originals: true, Space: 2 << 30, Age: 365 * 24 * time.Hour},
		Memory:  Memory{Cache: 512 << 20, GC: 50},
		Log:     Log{Level: "info", Format: "text"},
		origins: map[string]string{},
	}
}

// defaultSource is a source before the file was read.
func defaultSource() Source {
	return Source{Jitter: 5 * time.Minute, Rule: "upstream", PageSize: 500, Timeout: time.Minute}
}

// Origin says where the value of a key comes from: "the default", "masjala.yaml line 3",
// "the environment" or "the command line".
func (c *Config) Origin(key string) string {
	if from := c.origins[key]; from != "" {
		return from
	}
	return "the default"
}
