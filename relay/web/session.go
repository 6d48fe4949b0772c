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
	"github.com/farbench/farbench/relay/gateway"
	"github.com/farbench/farbench/relay/hub"
)

const cookiePrefix = "farbench_"

// Session answers who one is.
type Session struct {
	User    api.User   `json:"user"`
	Expires *time.Time `json:"expires_at,omitempty"` // missing with a token: it does not expire
}

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
	}
}

type redeemBody struct {
	Body struct {
		Code string `json:"code"`
	}
}

type signedIn struct {
	Cookie string `header:"Set-Cookie"`
	Body   Session
}

func (s *Server) routeSession() {
	ask(s, huma.Operation{
		OperationID: "session-start", Method: http.MethodPost, Path: pathSession, Security: free,
		Summary: "Sign in with the token: gives a session cookie",
	}, func(ctx context.Context, in *signInBody) (*signedIn, error) {
		if !s.keys.Token(in.Body.Token) {
			return nil, &wire.Fault{Code: wire.Unauthorized, Message: "this is not the token", Hint: "in local mode it lies in the data directory's file `token`"}
		}
		return s.signIn(ctx), nil
	})
	ask(s, huma.Operation{
		OperationID: "link-redeem", Method: http.MethodPost, Path: pathRedeem, Security: free,
		Summary: "Sign in with a single-use link's code",
	}, func(ctx context.Context, in *redeemBody) (*signedIn, error) {
		if !s.links.Redeem(in.Body.Code, time.Now()) {
			return nil, &wire.Fault{Code: wire.Unauthorized, Message: "this link was used already, or is older than 10 minutes", Hint: "make another with `farbench link`"}
		}
		return s.signIn(ctx), nil
	})
	ask(s, huma.Operation{OperationID: "session", Method: http.MethodGet, Path: pathSession, Summary: "Who one is"},
		func(ctx context.Context, _ *struct{}) (*answer[Session], error) {
			person := whoOf(ctx)
			session := Session{User: person.User}
			if !person.Expires.IsZero() {
				session.Expires = &person.Expires
			}
			return &answer[Session]{session}, nil
		})
	ask(s, huma.Operation{OperationID: "session-end", Method: http.MethodDelete, Path: pathSession, Summary: "Sign out", DefaultStatus: http.StatusNoContent},
		func(ctx context.Context, _ *struct{}) (*signedOut, error) {
			if id := whoOf(ctx).Session; id != "" {
				s.closeSession(id)
			}
			return &signedOut{s.cookie(ctx, "", time.Unix(1, 0))}, nil
		})
	ask(s, huma.Operation{OperationID: "link", Method: http.MethodPost, Path: pathLink, Summary: "Make a single-use link that signs in"},
		func(ctx context.Context, _ *struct{}) (*answer[LinkMade], error) {
			code, expires := s.links.Make(time.Now())
			return &answer[LinkMade]{LinkMade{Code: code, URL: s.hosts.Scheme() + "://" + whoOf(ctx).host + "/#code=" + code, Expires: expires}}, nil
		})
}

type signedOut struct {
	Cookie string `header:"Set-Cookie"`
}

func (s *Server) signIn(ctx context.Context) *signedIn {
	session := auth.Session{ID: wire.NewID(""), User: gateway.Tester.Name, Expires: time.Now().Add(auth.SessionFor).Truncate(time.Second)}
	return &signedIn{
		Cookie: s.cookie(ctx, s.keys.Sign(session), session.Expires),
		Body:   Session{User: gateway.Tester, Expires: &session.Expires},
	}
}

func (s *Server) cookie(ctx context.Context, value string, expires time.Time) string {
	return (&http.Cookie{
		Name: s.cookieOf(whoOf(ctx).host), Value: value, Path: "/", Expires: expires,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.hosts.Scheme() == "https",
	}).String()
}

// cookieOf names the cookie by the port that the browser sees: cookies ignore
// ports, so two relays on one host would sign each other's gateway.Testers out.
func (s *Server) cookieOf(host string) string { return cookiePrefix + strconv.Itoa(s.hosts.Port(host)) }

// closeSession closes the sockets of a session that was signed out.
func (s *Server) closeSession(id string) {
	for _, c := range s.hub.Conns() {
		if c.Session() == id {
			c.Close(hub.Revoked, "signed out", 0)
		}
	}
}
