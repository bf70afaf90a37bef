package app

import (
	"context"

	"masjala/api"
	"masjala/internal/auth"
)

// authenticator shows the tokens to the API.
type authenticator struct{ tokens *auth.Tokens }

// Authenticate tells whose token it is; Unauthenticated when nobody's.
func (a authenticator) Authenticate(ctx context.Context, token string) (api.Principal, error) {
	p, err := a.tokens.Authenticate(ctx, token)
	return api.Principal{Name: p.Name, Role: api.Role(p.Role)}, err
}

// commands shows the commands to the API.
type commands struct{ *App }

// Needs tells who may ask for a command; NotFound when there is none of that name.
func (c commands) Needs(name string) (api.Role, error) {
	role, err := c.App.Needs(name)
	return api.Role(role), err
}
