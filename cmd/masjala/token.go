package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"masjala/internal/app"
	"masjala/internal/auth"
)

func tokenCommand(o *options) *cobra.Command {
	group := &cobra.Command{
		Use:   "token",
		Short: "Make, list and revoke bearer tokens",
		Args:  oneOfTheCommands,
		RunE:  showHelp,
	}
	group.AddCommand(tokenCreate(o), tokenList(o), tokenRevoke(o))
	return group
}

func tokenCreate(o *options) *cobra.Command {
	var role, name string
	cmd := &cobra.Command{
		Use:   "create --role reader|editor|admin --name NAME",
		Short: "Make a token and show it this once",
		Long: "Make a token and show it this once: only a hash of it is kept.\n" +
			"The name is what history shows as the actor of what the token writes.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if role == "" || name == "" {
				return wrongUse(cmd, errors.New("a token needs --role and --name"))
			}
			parsed, err := auth.ParseRole(role)
			if err != nil {
				return wrongUse(cmd, err)
			}
			result, err := o.do(cmd, task{name: "token-create", args: app.TokenArgs{Name: name, Role: parsed}, create: true})
			if err != nil {
				return err
			}
			return print(o, result, func(t app.NewToken) error {
				fmt.Fprintf(o.err, "Token %q with the role %s. It is shown only now; keep it safe.\n", t.Name, t.Role)
				_, err := fmt.Fprintln(o.out, t.Token)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", "", "reader, editor or admin")
	cmd.Flags().StringVar(&name, "name", "", "name of who or what will use it")
	return cmd
}

func tokenList(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the tokens, without the secrets",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := o.do(cmd, task{name: "token-list", args: struct{}{}})
			if err != nil {
				return err
			}
			return print(o, result, func(l app.TokenList) error {
				rows := [][]string{{"NAME", "ROLE", "CREATED", "BY"}}
				for _, t := range l.Tokens {
					rows = append(rows, []string{t.Name, string(t.Role), t.Created.Format(time.RFC3339), t.By})
				}
				return table(o.out, rows)
			})
		},
	}
}

func tokenRevoke(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "revoke NAME",
		Short: "End a token at once",
		Args:  exactly(1, "the name of the token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			result, err := o.do(cmd, task{name: "token-revoke", args: app.TokenArgs{Name: args[0]}})
			if err != nil {
				return err
			}
			return print(o, result, func(r app.Revoked) error {
				_, err := fmt.Fprintf(o.out, "Token %q works no more.\n", r.Name)
				return err
			})
		},
	}
}
