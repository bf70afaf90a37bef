package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"masjala/fhir"
)

// maxArgs is how long the arguments of a call may be; a column mapping is among them.
const maxArgs = 4 << 20

// Receive reads a call from the body of a request and keeps its files in folder, which
// the caller removes when the command is done. It fails with Invalid for what is not a call.
func Receive(name, contentType string, body io.Reader, folder string) (Call, error) {
	call := Call{Name: name}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return call, fhir.Errorf(fhir.UnsupportedMedia, "a command is sent as multipart/form-data, not as %q", contentType)
	}
	form := multipart.NewReader(body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return call, nil
		}
		if err != nil {
			return call, cutOff(err)
		}
		if err := call.take(part, folder); err != nil {
			return call, err
		}
	}
}

// cutOff is the error of a body that could not be read; one that says why itself is kept.
func cutOff(err error) error {
	if fhir.KindOf(err) != fhir.Internal {
		return err
	}
	return fhir.Errorf(fhir.Invalid, "the request body ends before the form does; send it again").Because(err)
}

// take reads one part of the form.
func (c *Call) take(part *multipart.Part, folder string) error {
	switch part.FormName() {
	case "args":
		data, err := io.ReadAll(io.LimitReader(part, maxArgs+1))
		if err != nil {
			return cutOff(err)
		}
		if len(data) > maxArgs {
			return fhir.Errorf(fhir.TooLarge, "the arguments are longer than %d bytes", maxArgs)
		}
		if !json.Valid(data) {
			return fhir.Errorf(fhir.Invalid, "the field args is not a JSON object")
		}
		c.Args = data
		return nil
	case "file", "folder":
		return c.keep(part, folder)
	}
	return fhir.Errorf(fhir.Invalid, "the form has a field %q; only args, file and folder are known", part.FormName())
}

// keep writes a file or folder of the form below folder, under its own base name:
// importers tell the format by it.
func (c *Call) keep(part *multipart.Part, folder string) error {
	name := filepath.Base(filepath.Clean("/" + part.FileName()))
	if name == string(filepath.Separator) {
		name = "file"
	}
	path := filepath.Join(folder, strconv.Itoa(len(c.Files)), name)
	dir, store := filepath.Dir(path), keepFile
	if part.FormName() == "folder" {
		dir, store = path, unpack
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("keep %q: %w", name, err)
	}
	if err := store(part, path); err != nil {
		return err
	}
	c.Files = append(c.Files, File{Name: name, Path: path})
	return nil
}

func keepFile(content io.Reader, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep %q: %w", path, err)
	}
	_, err = io.Copy(f, content)
	err = errors.Join(err, f.Close())
	if errors.Is(err, syscall.ENOSPC) {
		return fhir.Errorf(fhir.Full, "there is no space left on the server's disk for the file; make room and send it again").Because(err)
	}
	if err != nil {
		return cutOff(err)
	}
	return nil
}
