package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/farbench/farbench/agent/wire"
	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/auth"
	"github.com/farbench/farbench/relay/people"
)

const cookiePrefix = "farbench_"

// LinkMade is a single-use link. The code stands in its fragment, which no
// server log and no prefetch sees.
type LinkMade struct {
	Code    string    `json:"code"`
	URL     string    `json:"url"`
	Expires time.Time `json:"expires_at"`
}

type signInBody struct {
	Body struct {
		Token string `json:"token"`
		Name  string `json:"name" doc:"what others call one; without it one is the tester"`
	}
}

type redeemBody struct {
	Body struct {
		Code string `json:"code"`
	}
}

type renameBody struct {
	Body struct {
		Name string `json:"name"`
	}
}

type signedIn struct {
	Cookie string `header:"Set-Cookie"`
	Body   api.SignedIn
}

func (s *Server) routeSession() {
	ask(s, huma.Operation{
		OperationID: "session-start", Method: http.MethodPost, Path: pathSession, Security: free,
		Summary: "Sign in with the token and a name: gives a session cookie",
	}, func(ctx context.Context, in *signInBody) (*signedIn, error) {
		if !s.keys.Token(in.Body.Token) {
			return nil, &wire.Fault{Code: wire.Unauthorized, Message: "this is not the token", Hint: "in local mode it lies in the data directory's file `token`"}
		}
		before := whoOf(ctx)
		if name, err := people.Clean(in.Body.Name); err == nil && before.Session != "" && before.User.Name == name {
			return s.signIn(ctx, people.Signed{User: before.User, Session: people.Session{ID: before.Session, Until: before.Expires}}), nil
		}
		signed, err := s.cfg.People.SignIn(ctx, in.Body.Name)
		if err != nil {
			return nil, err
		}
		return s.signIn(ctx, signed), s.leaveBehind(ctx)
	})
	ask(s, huma.Operation{
		OperationID: "link-redeem", Method: http.MethodPost, Path: pathRedeem, Security: free,
		Summary: "Sign in with a single-use link's code, as who made it; choose: as somebody who chooses a name now",
	}, func(ctx context.Context, in *redeemBody) (*signedIn, error) {
		signed, err := s.cfg.People.Redeem(ctx, in.Body.Code)
		if err != nil {
			return nil, err
		}
		return s.signIn(ctx, signed), s.leaveBehind(ctx)
	})
	ask(s, huma.Operation{OperationID: "session", Method: http.MethodGet, Path: pathSession, Summary: "Who one is"},
		func(ctx context.Context, _ *struct{}) (*answer[api.SignedIn], error) {
			person := whoOf(ctx)
			session := api.SignedIn{User: person.User, Choose: person.choose}
			if !person.Expires.IsZero() {
				session.Expires = &person.Expires
			}
			return &answer[api.SignedIn]{session}, nil
		})
	ask(s, huma.Operation{OperationID: "session-rename", Method: http.MethodPut, Path: pathSession, Summary: "Choose the name that others call one"},
		func(ctx context.Context, in *renameBody) (*answer[api.SignedIn], error) {
			person := whoOf(ctx)
			if person.Session == "" {
				return nil, &wire.Fault{Code: wire.Invalid, Message: "the token alone has no name of its own", Hint: "sign in, or send the header " + nameHeader}
			}
			user, err := s.cfg.People.Rename(ctx, person.Session, in.Body.Name)
			if err != nil {
				return nil, err
			}
			return &answer[api.SignedIn]{api.SignedIn{User: user, Expires: &person.Expires}}, nil
		})
	ask(s, huma.Operation{OperationID: "session-end", Method: http.MethodDelete, Path: pathSession, Summary: "Sign out: on every relay at once", DefaultStatus: http.StatusNoContent},
		func(ctx context.Context, _ *struct{}) (*signedOut, error) {
			if err := s.leaveBehind(ctx); err != nil {
				return nil, err
			}
			return &signedOut{s.cookie(ctx, "", time.Unix(1, 0))}, nil
		})
	ask(s, huma.Operation{OperationID: "link", Method: http.MethodPost, Path: pathLink, Summary: "Make a single-use link that signs in as oneself; with the token alone: as somebody new"},
		func(ctx context.Context, _ *struct{}) (*answer[LinkMade], error) {
			who := whoOf(ctx)
			person := who.User.ID
			if person == people.Tester.ID {
				person = ""
			}
			code, expires, err := s.cfg.People.MakeLink(ctx, person)
			if err != nil {
				return nil, err
			}
			return &answer[LinkMade]{LinkMade{Code: code, URL: s.hosts.Scheme() + "://" + who.host + "/#code=" + code, Expires: expires}}, nil
		})
}

// leaveBehind ends the session that a request came with, if any.
func (s *Server) leaveBehind(ctx context.Context) error {
	if id := whoOf(ctx).Session; id != "" {
		return s.cfg.People.SignOut(ctx, id)
	}
	return nil
}

type signedOut struct {
	Cookie string `header:"Set-Cookie"`
}

func (s *Server) signIn(ctx context.Context, p people.Signed) *signedIn {
	session := auth.Session{ID: p.Session.ID, Expires: p.Session.Until}
	return &signedIn{
		Cookie: s.cookie(ctx, s.keys.Sign(session), session.Expires),
		Body:   api.SignedIn{User: p.User, Expires: &session.Expires, Choose: p.Choose},
	}
}

func (s *Server) cookie(ctx context.Context, value string, expires time.Time) string {
	return (&http.Cookie{
		Name: s.cookieOf(whoOf(ctx).host), Value: value, Path: "/", Expires: expires,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.hosts.Scheme() == "https",
	}).String()
}

// cookieOf names the cookie by the port that the browser sees: cookies ignore
// ports, so two relays on one host would sign each other's testers out.
func (s *Server) cookieOf(host string) string { return cookiePrefix + strconv.Itoa(s.hosts.Port(host)) }
