package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// maxLine is the longest answer line read: results carry at most a page of content.
const maxLine = 64 << 20

// Client runs commands in a server.
type Client struct {
	URL   string       // address of the server without a path: "http://127.0.0.1:8080"
	Token string       // bearer token; empty for a server that is open
	HTTP  *http.Client // nil for http.DefaultClient
}

// Run sends the call and waits for its result. A folder among the files is sent as a tar.
// It fails with Busy when the server cannot be reached or ends in the middle.
func (c *Client) Run(ctx context.Context, call Call, report func(Progress)) (Result, error) {
	body, contentType := encode(call)
	defer body.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address(call.Name), body)
	if err != nil {
		return Result{}, fhir.Errorf(fhir.Invalid, "%q is not the address of a server", c.URL).Because(err)
	}
	req.Close = true // commands are rare, and a connection kept from an earlier one may be gone
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/x-ndjson")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	res, err := c.http().Do(req)
	if err != nil {
		if fail := (*fhir.Error)(nil); errors.As(err, &fail) {
			return Result{}, fail // a file could not be read
		}
		return Result{}, fhir.Errorf(fhir.Busy, "the server at %s cannot be reached: %v", c.URL, cause(err)).Because(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return Result{}, refusal(c.URL, res)
	}
	return decode(c.URL, res.Body, report, call.Give)
}

func (c *Client) address(name string) string {
	return strings.TrimRight(c.URL, "/") + "/api/commands/" + url.PathEscape(name)
}

func (c *Client) http() *http.Client {
	if c.HTTP == nil {
		return http.DefaultClient
	}
	return c.HTTP
}

// cause takes the method and address off an error of net/http.
func cause(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

// encode starts writing the call as a form: the arguments, then the files. The reader
// must be closed, which ends the writing.
func encode(call Call) (*io.PipeReader, string) {
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		w.CloseWithError(write(form, call))
	}()
	return r, form.FormDataContentType()
}

func write(form *multipart.Writer, call Call) error {
	args := call.Args
	if len(args) == 0 {
		args = json.RawMessage("{}")
	}
	if err := form.WriteField("args", string(args)); err != nil {
		return err
	}
	for _, file := range call.Files {
		info, err := os.Stat(file.Path)
		if err != nil {
			return fhir.Errorf(fhir.NotFound, "%s cannot be read: %v", file.Name, cause(err)).Because(err)
		}
		field := "file"
		if info.IsDir() {
			field = "folder"
		}
		part, err := form.CreateFormFile(field, file.Name)
		if err != nil {
			return err
		}
		if info.IsDir() {
			err = pack(part, file.Path)
		} else {
			err = send(part, file.Path)
		}
		if err != nil {
			return err
		}
	}
	return form.Close()
}

func send(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fhir.Errorf(fhir.NotFound, "%s cannot be read: %v", path, err).Because(err)
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

// decode reads the events of an answer up to the result or the error.
func decode(server string, r io.Reader, report func(Progress), give func(string) (io.WriteCloser, error)) (result Result, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	made := files{give: give, open: map[string]io.WriteCloser{}}
	defer func() { err = errors.Join(err, made.close()) }()
	for lines.Scan() {
		var event Event
		if err := json.Unmarshal(lines.Bytes(), &event); err != nil {
			return Result{}, fmt.Errorf("read the answer of %s: %w", server, err)
		}
		switch {
		case event.Error != nil:
			return Result{}, event.Error.Err()
		case event.Result != nil:
			return Result{Value: event.Result, Problems: event.Problems}, nil
		case event.File != nil:
			if err := made.take(event.File); err != nil {
				return Result{}, err
			}
		case event.Progress != nil && report != nil:
			report(*event.Progress)
		}
	}
	return Result{}, fhir.Errorf(fhir.Busy, "the server at %s stopped before the command was done; give the command again", server).Because(lines.Err())
}

// refusal is the error of a server that did not start the command.
func refusal(server string, res *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	issue := gjson.GetBytes(body, "issue.0")
	text := issue.Get("diagnostics").String()
	if text == "" {
		text = issue.Get("details.text").String()
	}
	if text == "" {
		text = fmt.Sprintf("the server at %s answered %s", server, res.Status)
	}
	kinds := map[int]fhir.Kind{
		http.StatusUnauthorized: fhir.Unauthenticated, http.StatusForbidden: fhir.Forbidden,
		http.StatusNotFound: fhir.NotFound, http.StatusBadRequest: fhir.Invalid,
		http.StatusRequestEntityTooLarge: fhir.TooLarge, http.StatusInsufficientStorage: fhir.Full,
		http.StatusServiceUnavailable: fhir.Busy,
	}
	return fhir.Errorf(kinds[res.StatusCode], "%s", text)
}
