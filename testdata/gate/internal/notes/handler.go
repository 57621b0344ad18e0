package notes

import (
	"fmt"
	"net/http"
)

// Handler answers requests.
type Handler struct{ Store *Store }

// List lists the notes of the organization in the path.
func (h *Handler) List(w http.ResponseWriter, r *http.Request) {
	answer(w)(h.Store.Count(r.Context(), "notes", r.PathValue("org")))
}

// Folders counts folders.
func (h *Handler) Folders(w http.ResponseWriter, r *http.Request) {
	answer(w)(h.Store.Count(r.Context(), "folders", r.PathValue("org")))
}

// Title serves the title of anybody's note: what is known since long.
func (h *Handler) Title(w http.ResponseWriter, r *http.Request) {
	answer(w)(h.Store.Title(r.Context(), r.PathValue("id")))
}

func answer(w http.ResponseWriter) func(any, error) {
	return func(what any, err error) {
		if err != nil {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		fmt.Fprintln(w, what)
	}
}
