package httpapi

import "github.com/gin-gonic/gin"

// The handlers of this file are all right. Where the route is wrong, the
// mistake is further down: in the service or in the statement.

// OverdueInvoices lists late invoices. Without an organization: 401.
func (h *Handler) OverdueInvoices(c *gin.Context) {
	list, err := h.invoices.Overdue(c.Request.Context())
	respond(c, list, err)
}

// OverdueInvoicesOrEverything lists late invoices; see
// service.OverdueOrEverything for the mistake.
func (h *Handler) OverdueInvoicesOrEverything(c *gin.Context) {
	list, err := h.invoices.OverdueOrEverything(c.Request.Context())
	respond(c, list, err)
}

// SearchInvoices finds invoices by a text.
func (h *Handler) SearchInvoices(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	list, err := h.invoices.Search(c.Request.Context(), org, "%"+c.Query("q")+"%")
	respond(c, list, err)
}

// SearchInvoicesWithoutParentheses finds invoices by a text; see the query of
// that name for the mistake.
func (h *Handler) SearchInvoicesWithoutParentheses(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	list, err := h.invoices.SearchWithoutParentheses(c.Request.Context(), org, "%"+c.Query("q")+"%")
	respond(c, list, err)
}

// LatestInvoices lists the invoices of the last busy day.
func (h *Handler) LatestInvoices(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	list, err := h.invoices.Latest(c.Request.Context(), org)
	respond(c, list, err)
}

// LatestInvoicesOfWhom lists the invoices of the last busy day; see the query
// of that name for the mistake.
func (h *Handler) LatestInvoicesOfWhom(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	list, err := h.invoices.LatestOfWhom(c.Request.Context(), org)
	respond(c, list, err)
}

// CountOpen counts open invoices.
func (h *Handler) CountOpen(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	n, err := h.invoices.CountOpen(c.Request.Context(), org)
	respond(c, n, err)
}

// CountOpenOfAll counts open invoices; see the store for the mistake.
func (h *Handler) CountOpenOfAll(c *gin.Context) {
	n, err := h.invoices.CountOpenOfAll(c.Request.Context())
	respond(c, n, err)
}

// Currencies lists the currencies, which all organizations share.
func (h *Handler) Currencies(c *gin.Context) {
	list, err := h.invoices.Currencies(c.Request.Context())
	respond(c, list, err)
}

// Status tells that the service is alive. Its one query over all tenants is
// allowed by a directive beside the statement.
func (h *Handler) Status(c *gin.Context) {
	n, err := h.invoices.CountOfPlatform(c.Request.Context())
	respond(c, n, err)
}
