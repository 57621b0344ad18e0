package httpapi

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"example.com/invoicing/internal/service"
)

type period struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// ExportInvoices lists the invoices of a period.
//
// RIGHT: the client says which period, the context says whose invoices.
func (h *Handler) ExportInvoices(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	var req period
	if err := c.ShouldBindJSON(&req); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	list, err := h.invoices.List(c.Request.Context(), org, req.From, req.Until)
	respond(c, list, err)
}

// ExportInvoicesOfBodyOrg lists the invoices of a period.
//
// WRONG (request-tenant): the query is filtered, but by an organization that
// the client chose: any customer reads any other by naming it.
func (h *Handler) ExportInvoicesOfBodyOrg(c *gin.Context) {
	var req struct {
		OrganizationID uuid.UUID `json:"organization_id"`
		period
	}
	if err := c.ShouldBindJSON(&req); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	list, err := h.invoices.List(c.Request.Context(), req.OrganizationID, req.From, req.Until)
	respond(c, list, err)
}

// GetInvoice shows an invoice.
//
// RIGHT: the row must have the id and the caller's organization.
func (h *Handler) GetInvoice(c *gin.Context) {
	org, id, ok := organizationAndID(c)
	if !ok {
		return
	}
	invoice, err := h.invoices.Get(c.Request.Context(), org, id)
	respond(c, invoice, err)
}

// GetInvoiceByIDOnly shows an invoice.
//
// WRONG (missing-filter): an id is no permission. Whoever learns or guesses one
// reads the invoice of another organization.
func (h *Handler) GetInvoiceByIDOnly(c *gin.Context) {
	id, ok := pathID(c)
	if !ok {
		return
	}
	invoice, err := h.invoices.GetByID(c.Request.Context(), id)
	respond(c, invoice, err)
}

// CreateInvoice stores a new invoice.
//
// RIGHT: the body is bound to a type that has no organization.
func (h *Handler) CreateInvoice(c *gin.Context) {
	org, ok := organization(c)
	if !ok {
		return
	}
	var draft service.Draft
	if err := c.ShouldBindJSON(&draft); err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	invoice, err := h.invoices.Create(c.Request.Context(), org, draft)
	respond(c, invoice, err)
}

// PayInvoice marks an invoice as paid.
//
// RIGHT: another organization's invoice is a 403, see service.Pay.
func (h *Handler) PayInvoice(c *gin.Context) {
	org, id, ok := organizationAndID(c)
	if !ok {
		return
	}
	respond(c, nil, h.invoices.Pay(c.Request.Context(), org, id))
}

// PayAnybodysInvoice marks an invoice as paid.
//
// WRONG (missing-filter): nothing on the way compares the invoice's
// organization with the caller's, see service.PayAnybodys.
func (h *Handler) PayAnybodysInvoice(c *gin.Context) {
	id, ok := pathID(c)
	if !ok {
		return
	}
	respond(c, nil, h.invoices.PayAnybodys(c.Request.Context(), id))
}

// DeleteInvoice removes an invoice.
//
// RIGHT: the service asks for ownership first and heeds the answer.
func (h *Handler) DeleteInvoice(c *gin.Context) {
	org, id, ok := organizationAndID(c)
	if !ok {
		return
	}
	respond(c, nil, h.invoices.Delete(c.Request.Context(), org, id))
}

// DeleteInvoiceUnheeded removes an invoice.
//
// WRONG (missing-filter): the service asks for ownership, then deletes whatever
// the answer was, see service.DeleteUnheeded.
func (h *Handler) DeleteInvoiceUnheeded(c *gin.Context) {
	org, id, ok := organizationAndID(c)
	if !ok {
		return
	}
	respond(c, nil, h.invoices.DeleteUnheeded(c.Request.Context(), org, id))
}

// Lines lists the lines of an invoice.
//
// RIGHT: lines have no organization; the statement joins the invoice, which has.
func (h *Handler) Lines(c *gin.Context) {
	org, id, ok := organizationAndID(c)
	if !ok {
		return
	}
	lines, err := h.invoices.Lines(c.Request.Context(), org, id)
	respond(c, lines, err)
}

// LinesByInvoiceOnly lists the lines of an invoice.
//
// WRONG (missing-filter): the lines of any invoice of any organization.
func (h *Handler) LinesByInvoiceOnly(c *gin.Context) {
	id, ok := pathID(c)
	if !ok {
		return
	}
	lines, err := h.invoices.LinesByInvoice(c.Request.Context(), id)
	respond(c, lines, err)
}
