package main

import (
	"context"
	"encoding/json"
	"net"
	"os"

	"github.com/gofiber/fiber/v2"
)

// children are what the program can be started as by itself.
var children = map[string]func(args []string) error{
	"bare-handler": bareHandler,
	"bare-commits": bareCommits,
}

// bareHandler serves two bytes with Fiber as it comes.
func bareHandler([]string) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("ok") })
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"url": "http://" + ln.Addr().String()}); err != nil {
		return err
	}
	return app.Listener(ln)
}

// startBare starts the bare handler in a process of its own.
func startBare(ctx context.Context) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, self, "bare-handler")
}
