package callback_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
)

// source registers a callback of each kind in each order, and runs statements that note which
// of them were run, and what was written.
const source = `package main

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type Line struct {
	ID    uint
	OrgID string
	Parts []Part
}

type Part struct {
	ID     uint
	OrgID  string
	LineID uint
}

var db *gorm.DB

var seen []string

func notes(kind string) func(*gorm.DB) {
	return func(db *gorm.DB) { seen = append(seen, kind) }
}

func narrows(db *gorm.DB) {
	db.Statement.AddClause(clause.Where{Exprs: []clause.Expression{
		clause.Eq{Column: clause.Column{Table: clause.CurrentTable, Name: "org_id"}, Value: "a"},
	}})
}

func asks(db *gorm.DB) { db.Where("org_id = ?", "a") }

func sets(db *gorm.DB) { db.Statement.SetColumn("OrgID", "mine", true) }
`

const body = `package main

import (
	"encoding/json"
	"os"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/utils/tests"
)

func open() {
	var err error
	if db, err = gorm.Open(tests.DummyDialector{}, &gorm.Config{DryRun: true, Logger: logger.Discard, SkipDefaultTransaction: true}); err != nil {
		panic(err)
	}
}

func main() {
	kinds, texts := map[string][]string{}, map[string]string{}
	open()
	cb := db.Callback()
	cb.Create().Before("gorm:create").Register("x", notes("create"))
	cb.Query().Before("gorm:query").Register("x", notes("query"))
	cb.Update().Before("gorm:update").Register("x", notes("update"))
	cb.Delete().Before("gorm:delete").Register("x", notes("delete"))
	cb.Row().Before("gorm:row").Register("x", notes("row"))
	cb.Raw().Before("gorm:raw").Register("x", notes("raw"))
	var x Line
	var n int64
	for name, f := range map[string]func(){
		"First": func() { db.First(&x) }, "Find": func() { db.Find(&[]Line{}) }, "Scan": func() { db.Model(&Line{}).Scan(&x) },
		"Pluck": func() { db.Model(&Line{}).Pluck("id", &[]uint{}) }, "Count": func() { db.Model(&Line{}).Count(&n) },
		"Row": func() { db.Model(&Line{}).Row() }, "Create": func() { db.Create(&Line{}) },
		"Update": func() { db.Model(&Line{ID: 1}).Update("org_id", "b") }, "Delete": func() { db.Delete(&Line{ID: 1}) },
		"Exec": func() { db.Exec("SELECT 1") }, "RawFirst": func() { db.Raw("SELECT 1").First(&x) }, "RawScan": func() { db.Raw("SELECT 1").Scan(&x) },
		"Save": func() { db.Save(&Line{ID: 1}) },
		"Within": func() { db.Where("id IN (?)", db.Model(&Part{}).Select("line_id")).Find(&[]Line{}) },
	} {
		seen = nil
		f()
		kinds[name] = slices.Clone(seen)
	}
	text := func(name string, register func(*gorm.DB), run func() *gorm.DB) {
		open()
		register(db)
		texts[name] = run().Statement.SQL.String()
	}
	before := func(db *gorm.DB) { db.Callback().Query().Before("gorm:query").Register("x", narrows) }
	text("before", before, func() *gorm.DB { return db.Where("id = 1").Find(&[]Line{}) })
	text("any", func(db *gorm.DB) { db.Callback().Query().Before("*").Register("x", narrows) }, func() *gorm.DB { return db.Where("id = 1").Find(&[]Line{}) })
	text("where", func(db *gorm.DB) { db.Callback().Query().Before("gorm:query").Register("x", asks) }, func() *gorm.DB { return db.Where("id = 1").Find(&[]Line{}) })
	text("unordered", func(db *gorm.DB) { db.Callback().Query().Register("x", narrows) }, func() *gorm.DB { return db.Where("id = 1").Find(&[]Line{}) })
	text("after", func(db *gorm.DB) { db.Callback().Query().After("gorm:query").Register("x", narrows) }, func() *gorm.DB { return db.Where("id = 1").Find(&[]Line{}) })
	text("or", before, func() *gorm.DB { return db.Where("id = 1").Or("id = 2").Find(&[]Line{}) })
	text("raw", before, func() *gorm.DB { return db.Raw("SELECT * FROM lines").Find(&[]Line{}) })
	text("within", before, func() *gorm.DB { return db.Where("id IN (?)", db.Model(&Part{}).Select("line_id")).Find(&[]Line{}) })
	text("early", func(db *gorm.DB) { db.Callback().Delete().After("gorm:before_delete").Register("x", narrows) }, func() *gorm.DB { return db.Delete(&Line{ID: 1}) })
	open()
	db.Callback().Create().Before("gorm:create").Register("x", sets)
	line := Line{OrgID: "theirs"}
	db.Create(&line)
	texts["set"] = line.OrgID
	json.NewEncoder(os.Stdout).Encode(map[string]any{"kinds": kinds, "texts": texts})
}
`

// TestRunsAsTheLibraryDoes holds what is said of callbacks against the real library: which kind
// runs with which call, and in which order they come.
func TestRunsAsTheLibraryDoes(t *testing.T) {
	var out struct {
		Kinds map[string][]string
		Texts map[string]string
	}
	require.NoError(t, json.Unmarshal(reallib.Executed(t, []byte(source), body), &out))
	assert.Equal(t, map[string][]string{
		"First": {"query"}, "Find": {"query"}, "Pluck": {"query"}, "Count": {"query"}, "Scan": {"row"}, "Row": {"row"},
		"Create": {"create"}, "Update": {"update"}, "Delete": {"delete"}, "Exec": {"raw"}, "RawFirst": {"query"}, "RawScan": {"row"},
		"Save": {"update"}, "Within": {"query", "query"},
	}, out.Kinds)
	assert.Equal(t, map[string]string{
		"before":    "SELECT * FROM `lines` WHERE id = 1 AND `lines`.`org_id` = ?",
		"any":       "SELECT * FROM `lines` WHERE id = 1 AND `lines`.`org_id` = ?",
		"where":     "SELECT * FROM `lines` WHERE id = 1 AND org_id = ?",
		"unordered": "SELECT * FROM `lines` WHERE id = 1",
		"after":     "SELECT * FROM `lines` WHERE id = 1",
		"or":        "SELECT * FROM `lines` WHERE id = 1 OR id = 2 AND `lines`.`org_id` = ?",
		"raw":       "SELECT * FROM lines",
		"within":    "SELECT * FROM `lines` WHERE id IN (SELECT `line_id` FROM `parts` WHERE `parts`.`org_id` = ?) AND `lines`.`org_id` = ?",
		"early":     "DELETE FROM `lines` WHERE `lines`.`id` = ?",
		"set":       "mine",
	}, out.Texts)
}
