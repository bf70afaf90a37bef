package command

import (
	"context"
	"encoding/json"
	"io"
)

// Call asks for one command.
type Call struct {
	Name  string          // "import-facilities"
	Args  json.RawMessage // object with the arguments of the command
	Files []File          // in the order the command wants them
	Actor string          // who asks; the server sets it from the sign-in

	// Give opens what a file that the command makes is written to, by the name under which
	// the command makes it; nil when the caller wants none.
	Give func(name string) (io.WriteCloser, error)
}

// File is a file or a folder given to a command.
type File struct {
	Name string // as the user spelled it, for messages
	Path string // where it lies on this machine
}

// Progress says how far a command has come.
type Progress struct {
	Step  string `json:"step,omitempty"` // what is being done: "reading", "storing"
	Done  int64  `json:"done"`           // how many are done
	Total int64  `json:"total"`          // of how many; 0 when that is not known
	Unit  string `json:"unit,omitempty"` // of what: "rows"
}

// Result is what a command found out or did.
type Result struct {
	Value    json.RawMessage // object, as documented in docs/cli.md
	Problems bool            // it is done, but something in the data needs a look
}

// Runner carries out calls. It is safe for concurrent use.
type Runner interface {
	// Run returns when the command is done. It calls report, if not nil, from one goroutine
	// at a time. It fails with *fhir.Error for what a user can mend.
	Run(ctx context.Context, call Call, report func(Progress)) (Result, error)
}

// Event is one line of a server's answer: exactly one member is set, but for Problems.
type Event struct {
	Progress *Progress       `json:"progress,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
	Problems bool            `json:"problems,omitempty"` // beside Result
	Error    *Failure        `json:"error,omitempty"`
	File     *Piece          `json:"file,omitempty"`
}

// Piece is the next part of a file that the command makes.
type Piece struct {
	Name string `json:"name"`
	Data []byte `json:"data,omitempty"`
	Last bool   `json:"last,omitempty"`
}
