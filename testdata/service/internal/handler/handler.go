// Package handler answers requests.
package handler

import (
	"io"
	"net/http"

	"example.com/tickets/internal/auth"
	"example.com/tickets/internal/service"
)

// Handler serves tickets.
type Handler struct{ Tickets *service.Tickets }

// Subject serves the subject of a ticket.
func (h *Handler) Subject(w http.ResponseWriter, r *http.Request) {
	org, err := auth.OrgFromContext(r.Context())
	if err != nil {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	subject, err := h.Tickets.Subject(r.Context(), r.PathValue("id"), org)
	answer(w, subject, err)
}

// AnySubject serves the subject of anybody's ticket.
func (h *Handler) AnySubject(w http.ResponseWriter, r *http.Request) {
	subject, err := h.Tickets.AnySubject(r.Context(), r.PathValue("id"))
	answer(w, subject, err)
}

func answer(w http.ResponseWriter, text string, err error) {
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	io.WriteString(w, text)
}
