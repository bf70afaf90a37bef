package app

import (
	"context"

	"masjala/internal/auth"
	"masjala/store"
)

// TokenArgs are the arguments of token-create and token-revoke.
type TokenArgs struct {
	Name string    `json:"name"`
	Role auth.Role `json:"role,omitempty"` // token-create
}

// NewToken is the result of token-create: the only time the token is shown.
type NewToken struct {
	Name  string    `json:"name"`
	Role  auth.Role `json:"role"`
	Token string    `json:"token"`
}

// TokenList is the result of token-list.
type TokenList struct {
	Tokens []auth.Token `json:"tokens"`
}

// Revoked is the result of token-revoke.
type Revoked struct {
	Name string `json:"name"`
}

func createToken(ctx context.Context, a *App, r request[TokenArgs]) (any, error) {
	secret, err := a.Tokens.Create(ctx, store.Cause{Actor: r.Actor, Reason: "token create"}, r.args.Name, r.args.Role)
	if err != nil {
		return nil, err
	}
	return NewToken{Name: r.args.Name, Role: r.args.Role, Token: secret}, nil
}

func listTokens(ctx context.Context, a *App, _ request[struct{}]) (any, error) {
	list, err := a.Tokens.List(ctx)
	return TokenList{Tokens: list}, err
}

func revokeToken(ctx context.Context, a *App, r request[TokenArgs]) (any, error) {
	err := a.Tokens.Revoke(ctx, store.Cause{Actor: r.Actor, Reason: "token revoke"}, r.args.Name)
	return Revoked{Name: r.args.Name}, err
}
